import os from 'node:os'
import { Command, InvalidArgumentError } from 'commander'
import type { Dataset } from '../data/dataset.ts'
import { type Engine, requestedEngine, startEngine } from '../engine/engine.ts'
import { keepAttacks } from '../own-attacks/kept-attacks.ts'
import { expandPlan } from '../plans/expand.ts'
import type { Plan } from '../plans/plan.ts'
import { duration } from '../runner/duration.ts'
import { progressReporter } from '../runner/progress.ts'
import { resultsFolder } from '../runner/results-folder.ts'
import { loadPlanData, type PlanOutcome, runPlan } from '../runner/run-plan.ts'
import type { NewJob } from '../store/jobs.ts'
import { divergedModels, failedJobs } from '../store/queries/nightly-results.ts'
import { openStore, type Store } from '../store/store.ts'
import { engineOption } from './engine-option.ts'
import { onInterruption } from './interruption.ts'
import { quoted } from './option-values.ts'
import { resultsOption } from './results-option.ts'

/** What every command takes that executes a plan. */
export interface ExecuteOptions {
  readonly engine: string
  readonly workers?: number
  readonly attacks?: string
  readonly data?: string
  readonly dataset?: string
  readonly results: string
  readonly dryRun?: true
}

/** A plan with the command that executes it. */
export interface Execution {
  /** Name of the command. */
  readonly command: string
  /** How the plan is named on the command line, e.g. `['--profile', 'quick']`. */
  readonly planWords: readonly string[]
  readonly plan: Plan
  /** When the time is up, see `PlanRequest`. */
  readonly deadline?: number | undefined
  /** Prints what came of it; may set an exit status. */
  readonly report: (store: Store, outcome: PlanOutcome) => Promise<void>
}

/** Jobs with the command that asks for them. */
export interface JobsExecution extends Omit<Execution, 'plan'> {
  /** What is stored as the plan. */
  readonly plan: { readonly name: string }
  readonly jobs: readonly NewJob[]
  readonly datasets: readonly Dataset[]
  /** Prints what came of it. */
  readonly report: (store: Store, outcome: PlanOutcome) => Promise<void>
}

/** Exit status after Ctrl-C, as shells use it. */
const interruptedStatus = 130

/** Users' attacks, see `loadOwnAttacks`. */
export const attacksOption = ['--attacks <folder>', 'attacks of your own, one file each'] as const

/** A command that executes a plan, with the options that all of these have. */
export function planCommand(name: string): Command {
  return jobsCommand(name)
    .option('--dataset <name>', "use this data set in place of the plan's")
    .option(...attacksOption)
}

/** A command that executes jobs, with the options that all of these have. */
export function jobsCommand(name: string): Command {
  return new Command(name)
    .addOption(engineOption())
    .option('--workers <number>', 'processes that work at the same time', parseWorkers)
    .option('--data <folder>', 'folder with data sets (also GAUNTLET_DATA)')
    .addOption(resultsOption())
    .option('--dry-run', 'list the jobs and do nothing')
}

/** Executes a plan, or lists its jobs; what is done already is not done again. */
export async function executePlan(asked: Execution, options: ExecuteOptions): Promise<void> {
  const execution = { ...asked, plan: withDataset(asked.plan, options.dataset) }
  const engine = await startEngine(requestedEngine(options.engine))
  if (options.dryRun) return dryRun(execution.plan, engine, options)
  const results = resultsFolder(options.results)
  const store = await openStore(results.database)
  try {
    const { plan } = execution
    const datasets = await loadPlanData(plan, options.data)
    const jobs = expandPlan(plan, datasets, engine.name)
    await executeJobs({ ...execution, jobs, datasets }, engine, store, options)
  } finally {
    await store.destroy()
  }
}

/** The plan with another data set in all its groups. */
function withDataset(plan: Plan, name: string | undefined): Plan {
  if (name === undefined) return plan
  const models = plan.models.map(group => ({ ...group, data: { ...group.data, name } }))
  return { ...plan, models }
}

async function dryRun(plan: Plan, engine: Engine, { data }: ExecuteOptions): Promise<void> {
  listJobs(expandPlan(plan, await loadPlanData(plan, data), engine.name))
}

/** Prints jobs with what each is expected to take. */
export function listJobs(jobs: readonly NewJob[]): void {
  for (const { id, title, cost } of jobs) {
    console.log(`${id}  ${duration(cost).padStart(12)}  ${title}`)
  }
  console.log(estimate(jobs))
}

/** How long jobs take, roughly. */
function estimate(jobs: readonly { readonly cost: number }[]): string {
  const total = jobs.reduce((sum, { cost }) => sum + cost, 0)
  return `${jobs.length} jobs, about ${duration(total)} on one thread of engine wasm`
}

/** Executes jobs with progress and a report; Ctrl-C stops cleanly. */
export async function executeJobs(
  execution: JobsExecution,
  engine: Engine,
  store: Store,
  options: ExecuteOptions,
): Promise<void> {
  const { command, plan, jobs, datasets } = execution
  await keepAttacks(resultsFolder(options.results), jobs)
  const workers = options.workers ?? defaultWorkers(engine)
  const started = performance.now()
  const interrupt = new AbortController()
  const stopListening = onInterruption(() => interrupt.abort())
  console.log(
    `Gauntlet ${command}: plan ${plan.name}, engine ${engine.name} on ${engine.device}, ` +
      `${workers} ${workers === 1 ? 'worker' : 'workers'}`,
  )
  console.log(estimate(jobs))
  try {
    const outcome = await runPlan({
      plan,
      jobs,
      datasets,
      engine,
      store,
      results: resultsFolder(options.results),
      dataFolder: options.data,
      workers,
      progress: progressReporter(process.stdout),
      interrupt: interrupt.signal,
      deadline: execution.deadline,
    })
    await report(execution, outcome, store, options, (performance.now() - started) / 1000)
  } finally {
    stopListening()
  }
}

async function report(
  execution: JobsExecution,
  outcome: PlanOutcome,
  store: Store,
  options: ExecuteOptions,
  seconds: number,
): Promise<void> {
  const { nightlyId, state, outOfTime, jobs } = outcome
  const again = () => console.log(`  ${commandLine(execution, options)}`)
  if (state === 'interrupted' && !outOfTime) {
    console.log(`Stopped after ${jobs.done} of ${jobs.total} jobs. To go on, type:`)
    again()
    process.exitCode = interruptedStatus
    return
  }
  if (outOfTime) {
    console.log(`The time is up: ${jobs.done} of ${jobs.total} jobs are done. To go on, type:`)
    again()
  } else if (jobs.reused === jobs.total) {
    console.log(`Nothing to do: all ${jobs.total} jobs of ${execution.plan.name} are done already.`)
  } else {
    console.log(`${jobs.done} of ${jobs.total} jobs done in ${duration(seconds)}.`)
  }
  await execution.report(store, outcome)
  for (const title of await divergedModels(store, nightlyId)) console.log(`diverged: ${title}`)
  for (const { title, error } of await failedJobs(store, nightlyId)) {
    console.log(`failed: ${title}: ${error}`)
  }
  if (state === 'failed') {
    console.log(`${jobs.total - jobs.done} of ${jobs.total} jobs are not done. To try again, type:`)
    again()
  }
  if (state === 'failed' || jobs.failed > 0) process.exitCode = 1
  const serve = ['npx gauntlet serve', ...resultsWords(options)].join(' ')
  console.log(`\nTo see the results, type:\n  ${serve}`)
}

/** What to type to go on, with the options that matter. */
function commandLine({ command, planWords }: JobsExecution, options: ExecuteOptions): string {
  const words = ['npx gauntlet', command, ...planWords]
  if (options.engine !== 'auto') words.push('--engine', options.engine)
  if (options.attacks) words.push('--attacks', quoted(options.attacks))
  if (options.data) words.push('--data', options.data)
  if (options.dataset) words.push('--dataset', options.dataset)
  return [...words, ...resultsWords(options)].join(' ')
}

/** The option that names another folder than the usual one for results. */
export function resultsWords({ results }: Pick<ExecuteOptions, 'results'>): string[] {
  return results === 'results' ? [] : ['--results', results]
}

/** WebAssembly computes on one thread; TensorFlow and graphics cards spread one job by themselves. */
function defaultWorkers(engine: Engine): number {
  return engine.name === 'wasm' ? os.availableParallelism() : 1
}

function parseWorkers(text: string): number {
  const workers = Number(text)
  if (Number.isInteger(workers) && workers >= 1 && workers <= 256) return workers
  throw new InvalidArgumentError('It must be a whole number from 1 to 256.')
}
