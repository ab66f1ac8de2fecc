import os from 'node:os'
import { Command, InvalidArgumentError } from 'commander'
import { type Engine, requestedEngine, startEngine } from '../engine/engine.ts'
import { UsageError } from '../errors.ts'
import { expandPlan } from '../plans/expand.ts'
import type { Plan } from '../plans/plan.ts'
import { profiles } from '../plans/profiles/index.ts'
import { profilePlan, readPlan } from '../plans/read-plan.ts'
import { duration } from '../runner/duration.ts'
import { progressReporter } from '../runner/progress.ts'
import { resultsFolder } from '../runner/results-folder.ts'
import { loadPlanData, type PlanOutcome, runPlan } from '../runner/run-plan.ts'
import { summaryTable } from '../runner/summary.ts'
import { divergedModels, failedJobs, nightlyResults } from '../store/queries/nightly-results.ts'
import { openStore, type Store } from '../store/store.ts'
import { engineOption } from './engine-option.ts'
import { resultsOption } from './results-option.ts'
import { textTable } from './text-table.ts'

interface NightlyOptions {
  readonly profile?: string
  readonly plan?: string
  readonly engine: string
  readonly workers?: number
  readonly data?: string
  readonly results: string
  readonly dryRun?: true
}

/** Exit status after Ctrl-C, as shells use it. */
const interruptedStatus = 130

/** `gauntlet nightly`: trains, attacks, measures and stores what a plan asks for. */
export function nightlyCommand(): Command {
  const names = Object.entries(profiles)
    .map(([name, { description }]) => `  ${name.padEnd(10)}${description}`)
    .join('\n')
  return new Command('nightly')
    .description('train, attack and measure what a plan asks for; what is done is kept')
    .option('--profile <name>', `a plan that comes with Gauntlet (default: quick)`)
    .option('--plan <file>', 'a plan of your own, YAML or JSON')
    .addOption(engineOption())
    .option('--workers <number>', 'processes that work at the same time', parseWorkers)
    .option('--data <folder>', 'folder with data sets (also GAUNTLET_DATA)')
    .addOption(resultsOption())
    .option('--dry-run', 'list the jobs and do nothing')
    .addHelpText(
      'after',
      `\nProfiles:\n${names}\n\nCtrl-C stops cleanly; the same command goes on where it stopped.`,
    )
    .action((options: NightlyOptions) => nightly(options))
}

async function nightly(options: NightlyOptions): Promise<void> {
  if (options.profile !== undefined && options.plan !== undefined) {
    throw new UsageError('invalid options: give --profile or --plan, not both')
  }
  const plan = options.plan ? await readPlan(options.plan) : profilePlan(options.profile ?? 'quick')
  const engine = await startEngine(requestedEngine(options.engine))
  if (options.dryRun) return dryRun(plan, engine, options)
  const results = resultsFolder(options.results)
  const store = await openStore(results.database)
  try {
    await execute(plan, engine, store, options)
  } finally {
    await store.destroy()
  }
}

async function dryRun(plan: Plan, engine: Engine, { data }: NightlyOptions): Promise<void> {
  const jobs = expandPlan(plan, await loadPlanData(plan, data), engine.name)
  for (const { id, title, cost } of jobs) {
    console.log(`${id}  ${duration(cost).padStart(12)}  ${title}`)
  }
  const total = jobs.reduce((sum, { cost }) => sum + cost, 0)
  console.log(`${jobs.length} jobs, about ${duration(total)} on one thread of engine wasm`)
}

async function execute(
  plan: Plan,
  engine: Engine,
  store: Store,
  options: NightlyOptions,
): Promise<void> {
  const datasets = await loadPlanData(plan, options.data)
  const workers = options.workers ?? defaultWorkers(engine)
  const started = performance.now()
  console.log(
    `Gauntlet nightly: profile ${plan.name}, engine ${engine.name} on ${engine.device}, ` +
      `${workers} ${workers === 1 ? 'worker' : 'workers'}`,
  )
  const interrupt = new AbortController()
  const onSignal = () => interrupt.abort()
  process.on('SIGINT', onSignal)
  process.on('SIGTERM', onSignal)
  try {
    const outcome = await runPlan({
      plan,
      datasets,
      engine,
      store,
      results: resultsFolder(options.results),
      dataFolder: options.data,
      workers,
      progress: progressReporter(process.stdout),
      interrupt: interrupt.signal,
    })
    await report(plan, outcome, store, options, (performance.now() - started) / 1000)
  } finally {
    process.off('SIGINT', onSignal)
    process.off('SIGTERM', onSignal)
  }
}

async function report(
  plan: Plan,
  { nightlyId, state, jobs }: PlanOutcome,
  store: Store,
  options: NightlyOptions,
  seconds: number,
): Promise<void> {
  if (state === 'interrupted') {
    console.log(`Stopped after ${jobs.done} of ${jobs.total} jobs. To go on, type:`)
    console.log(`  ${commandLine('nightly', options)}`)
    process.exitCode = interruptedStatus
    return
  }
  if (jobs.reused === jobs.total) {
    console.log(`Nothing to do: all ${jobs.total} jobs of ${plan.name} are done already.`)
  } else {
    console.log(`${jobs.done} of ${jobs.total} jobs done in ${duration(seconds)}.`)
  }
  const table = summaryTable(plan, await nightlyResults(store, nightlyId))
  console.log(`\n${textTable(table, column => column === 3).join('\n')}`)
  console.log(
    '\nAccuracy in percent with Wilson 95 % interval. FGSM and PGD: white-box, at this Linf',
  )
  console.log('radius. Transfer: PGD examples of the bp twin (for bp: of the lr-logit twin).')
  for (const title of await divergedModels(store, nightlyId)) console.log(`diverged: ${title}`)
  for (const { title, error } of await failedJobs(store, nightlyId)) {
    console.log(`failed: ${title}: ${error}`)
  }
  if (state === 'failed') {
    console.log(`${jobs.total - jobs.done} of ${jobs.total} jobs are not done. To try again, type:`)
    console.log(`  ${commandLine('nightly', options)}`)
    process.exitCode = 1
  }
  console.log(`\nTo see the results, type:\n  ${commandLine('serve', options)}`)
}

/** What to type to go on, with the options that matter. */
function commandLine(command: 'nightly' | 'serve', options: NightlyOptions): string {
  const words = ['npx gauntlet', command]
  if (command === 'nightly') {
    if (options.plan) words.push('--plan', options.plan)
    else words.push('--profile', options.profile ?? 'quick')
    if (options.engine !== 'auto') words.push('--engine', options.engine)
    if (options.data) words.push('--data', options.data)
  }
  if (options.results !== 'results') words.push('--results', options.results)
  return words.join(' ')
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
