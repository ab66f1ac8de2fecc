import type { Command } from 'commander'
import { UsageError } from '../errors.ts'
import type { Located } from '../nightly/compare-stores.ts'
import { deadlineOf, hoursOf, type TimeOfDay, timeOfDay } from '../nightly/time-budget.ts'
import { loadOwnAttacks } from '../own-attacks/load-folder.ts'
import type { Plan } from '../plans/plan.ts'
import { profiles } from '../plans/profiles/index.ts'
import { profilePlan, readPlan } from '../plans/read-plan.ts'
import type { PlanOutcome } from '../runner/run-plan.ts'
import { summaryTables } from '../runner/summary.ts'
import { nightlyResults } from '../store/queries/nightly-results.ts'
import type { Store } from '../store/store.ts'
import { type AlarmWords, alarmOptions, alarmsOf } from './alarm-options.ts'
import { openBaseline } from './baseline-option.ts'
import { examples } from './examples.ts'
import { type ExecuteOptions, executePlan, planCommand, resultsWords } from './execute-plan.ts'
import { reportNightly } from './nightly-report.ts'
import { quoted } from './option-values.ts'
import { profileList } from './profile-list.ts'
import { textTable } from './text-table.ts'

interface NightlyOptions extends ExecuteOptions, AlarmWords {
  readonly profile?: string
  readonly plan?: string
  readonly until?: TimeOfDay
  readonly maxHours?: number
  readonly baseline?: string
  readonly summary?: string
  readonly junit?: string
}

/** `gauntlet nightly`: trains, attacks, measures and stores what a plan asks for. */
export function nightlyCommand(): Command {
  const command = planCommand('nightly')
    .description('train, attack and measure what a plan asks for; what is done is kept')
    .option('--profile <name>', `a plan that comes with Gauntlet (default: quick)`)
    .option('--plan <file>', 'a plan of your own, YAML or JSON (see: gauntlet init)')
    .option('--until <hh:mm>', 'stop at this time of day, local time', timeOfDay)
    .option('--max-hours <hours>', 'stop after so many hours', hoursOf)
    .option('--baseline <folder>', "compare with another results folder's latest nightly")
    .option('--summary <file>', 'write what changed as Markdown')
    .option('--junit <file>', 'write jobs and changes as JUnit XML')
  return alarmOptions(command)
    .addHelpText(
      'after',
      `\nProfiles:\n${profileList(Object.entries(profiles))}\n\n` +
        'Ctrl-C stops cleanly; the same command goes on where it stopped.\n\n' +
        'Exit status: 0 all is well, or the time was up; 3 something is worse than in the\n' +
        'nightly before; 1 a job failed; 2 wrong usage; 130 stopped by Ctrl-C.',
    )
    .addHelpText(
      'after',
      examples(
        'gauntlet nightly',
        'gauntlet nightly --profile mnist --dry-run',
        'gauntlet nightly --plan my-plan.yaml --results my-results',
      ),
    )
    .action((options: NightlyOptions) => nightly(options, Date.now()))
}

async function nightly(options: NightlyOptions, started: number): Promise<void> {
  if (options.profile !== undefined && options.plan !== undefined) {
    throw new UsageError('invalid options: give --profile or --plan, not both')
  }
  if (options.attacks) await loadOwnAttacks(options.attacks)
  const profile = options.profile ?? 'quick'
  const plan = options.plan ? await readPlan(options.plan) : profilePlan(profile)
  const planWords = options.plan ? ['--plan', options.plan] : ['--profile', profile]
  if (options.baseline) planWords.push('--baseline', quoted(options.baseline))
  const baseline = options.baseline
    ? await openBaseline(options.baseline, plan.name, options.results)
    : undefined
  const report = (store: Store, outcome: PlanOutcome) =>
    printReport(plan, store, outcome, options, baseline)
  const deadline = deadlineOf(options, started)
  try {
    await executePlan({ command: 'nightly', planWords, plan, deadline, report }, options)
  } finally {
    await baseline?.store.destroy()
  }
}

async function printReport(
  plan: Plan,
  store: Store,
  outcome: PlanOutcome,
  options: NightlyOptions,
  baseline: Located | undefined,
): Promise<void> {
  const results = await nightlyResults(store, outcome.nightlyId)
  const tables = summaryTables(plan, results)
  if (results.length > 0) printAccuracies(plan, tables, options)
  const { summary, junit } = options
  await reportNightly(store, outcome, tables, {
    ...{ baseline, summary, junit },
    alarms: alarmsOf(options),
  })
}

function printAccuracies(
  plan: Plan,
  tables: readonly string[][][],
  options: Pick<NightlyOptions, 'results'>,
): void {
  for (const table of tables) {
    console.log(`\n${textTable(table, column => column === 3).join('\n')}`)
  }
  console.log('\nAccuracy in percent with Wilson 95 % interval, the seeds pooled.')
  if (plan.attacks.length === 0) return
  console.log('Attacks: white-box, at this size. Transfer: examples of the bp twin (for bp: of the')
  console.log('lr-logit twin). Every attack and size, paired, with the spread over seeds:')
  console.log(`  ${['npx gauntlet compare', ...resultsWords(options)].join(' ')}`)
}
