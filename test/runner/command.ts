import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { ExecutionContext } from 'ava'
import { type Command, CommanderError } from 'commander'
import { UsageError } from '../../src/errors.ts'
import type { PlanInput } from '../../src/plans/plan.ts'
import { commandFile } from '../../src/runner/project.ts'
import { openStore, type Store } from '../../src/store/store.ts'

const main = fileURLToPath(commandFile)

export interface Ended {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface Running {
  readonly child: ChildProcess
  readonly ended: Promise<Ended>
  /** Resolves when the output so far matches. */
  readonly prints: (pattern: RegExp) => Promise<void>
}

/** Starts the real `gauntlet` command on engine wasm. */
export function start(...args: readonly string[]): Running {
  const env = { ...process.env, GAUNTLET_ENGINE: 'wasm', GAUNTLET_DATA: '' }
  const child = spawn(process.execPath, [main, ...args], { env })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', text => {
    stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', text => {
    stderr += text
  })
  const ended = new Promise<Ended>(resolve => {
    child.on('close', status => resolve({ status, stdout, stderr }))
  })
  const prints = (pattern: RegExp) =>
    new Promise<void>((resolve, reject) => {
      const look = () => pattern.test(stdout) && resolve()
      child.stdout.on('data', look)
      ended.then(() => reject(new Error(`ended without ${pattern}: ${stdout}${stderr}`)), reject)
      look()
    })
  return { child, ended, prints }
}

export const gauntlet = (...args: readonly string[]) => start(...args).ended

/**
 * What a command says when it refuses its arguments, asked in this process: starting one takes two
 * seconds. Tests of the real command see that such an error ends with status 2.
 *
 * @throws what is no mistake of a user's
 */
export async function refusal(load: () => Command, ...args: readonly string[]): Promise<string> {
  const command = load()
    .exitOverride()
    .configureOutput({ writeErr: () => {} })
  try {
    await command.parseAsync(args, { from: 'user' })
  } catch (error) {
    if (error instanceof UsageError || error instanceof CommanderError) return error.message
    throw error
  }
  throw new Error(`accepted: ${args.join(' ')}`)
}

/** A folder that is removed after the test. */
export async function temporaryFolder(t: ExecutionContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'gauntlet-runner-'))
  t.teardown(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/** Seconds of work: one small network, all arms, two attacks, transfer, a probe. */
export const tinyPlan: PlanInput = {
  name: 'tiny',
  models: [
    {
      data: { name: 'glyphs', train: 300, test: 60 },
      architecture: { name: 'mlp', hidden: [12] },
      training: { epochs: 4, batch: 30, learningRate: 0.01, curvePoints: 4, curveExamples: 20 },
      arms: [{ name: 'bp' }, { name: 'bp-noise' }, { name: 'lr-logit', copies: 4 }],
    },
  ],
  attacks: [
    { attack: { name: 'fgsm' }, epsilons: [0.02, 0.1] },
    { attack: { name: 'pgd', norm: 'l2', steps: 4, restarts: 2 }, epsilons: [0.5] },
  ],
  examples: 40,
  probe: { estimators: [{ name: 'lr-logit', copies: 2 }], batch: 10, repeats: 4 },
}

/** Models, clean and white-box evaluations, transfers between all pairs, probes. */
export const tinyJobs = 3 + 3 * (1 + 3) + 3 * 3 * 2 + 3

/** Writes a plan into the folder and gives its path. */
export async function planFile(folder: string, plan: PlanInput): Promise<string> {
  const file = join(folder, `${plan.name}.json`)
  await writeFile(file, JSON.stringify(plan))
  return file
}

/** Opens the results that a command wrote, for reading. */
export async function resultsOf(t: ExecutionContext, folder: string): Promise<Store> {
  const store = await openStore(join(folder, 'gauntlet.db'), { readonly: true })
  t.teardown(() => store.destroy())
  return store
}
