import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { commandFile } from '../../../src/runner/project.ts'

const main = fileURLToPath(commandFile)

/** A running `gauntlet serve`. */
export interface Server {
  /** With a slash at the end. */
  readonly url: string
  /** Milliseconds that it has computed so far, on all processors; NaN where `/proc` does not tell. */
  readonly computed: () => number
  readonly stop: () => Promise<void>
}

/** Starts `gauntlet serve` over this folder, at a free port. */
export async function startServer(folder: string): Promise<Server> {
  const child = spawn(process.execPath, [main, 'serve', '--results', folder, '--port', '0'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = once(child, 'exit')
  for await (const line of createInterface({ input: child.stdout })) {
    const url = /http:\S+\//.exec(line)?.[0]
    if (url === undefined) continue
    const stop = async () => {
      child.kill('SIGINT')
      await ended
    }
    return { url, stop, computed: () => computed(child.pid!) }
  }
  throw new Error('the server ended before it listened')
}

/** User and system time; Linux counts them in hundredths of a second. */
function computed(pid: number): number {
  try {
    const [, fields = ''] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')
    const [user, system] = fields.split(' ').slice(11, 13)
    return 10 * (Number(user) + Number(system))
  } catch {
    return Number.NaN
  }
}
