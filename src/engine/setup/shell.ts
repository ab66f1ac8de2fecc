import { spawn } from 'node:child_process'
import { messageOf } from '../../errors.ts'

/** How a program ended: its exit status and what it printed. */
export interface Ended {
  readonly status: number
  readonly output: string
}

/**
 * Runs a program to its end and gathers stdout and stderr together; a program that cannot be started
 * counts as ended with status 127.
 */
export function run(
  program: string,
  args: readonly string[],
  { folder, environment }: { folder?: string; environment?: NodeJS.ProcessEnv } = {},
): Promise<Ended> {
  return new Promise(resolve => {
    const child = spawn(program, args, {
      ...(folder !== undefined && { cwd: folder }),
      env: environment ?? process.env,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let output = ''
    const gather = (chunk: Buffer) => {
      output += chunk.toString()
    }
    child.stdout.on('data', gather)
    child.stderr.on('data', gather)
    child.on('error', error => resolve({ status: 127, output: messageOf(error) }))
    child.on('close', status => resolve({ status: status ?? 1, output }))
  })
}

/** The line of a program's output that says best why it failed: its last error, else its last line. */
export function complaint({ status, output }: Ended): string {
  const lines = output.split('\n').filter(line => line.trim() !== '')
  const line = lines.findLast(text => /\berror\b/i.test(text)) ?? lines.at(-1)
  return line?.trim() ?? `exit status ${status}`
}
