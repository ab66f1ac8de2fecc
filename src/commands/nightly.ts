import type { Command } from 'commander'
import { UsageError } from '../errors.ts'
import { loadOwnAttacks } from '../own-attacks/load-folder.ts'
import type { Plan } from '../plans/plan.ts'
import { profiles } from '../plans/profiles/index.ts'
import { profilePlan, readPlan } from '../plans/read-plan.ts'
import type { PlanOutcome } from '../runner/run-plan.ts'
import { summaryTables } from '../runner/summary.ts'
import { nightlyResults } from '../store/queries/nightly-results.ts'
import type { Store } from '../store/store.ts'
import { examples } from './examples.ts'
import { type ExecuteOptions, executePlan, planCommand, resultsWords } from './execute-plan.ts'
import { profileList } from './profile-list.ts'
import { textTable } from './text-table.ts'

interface NightlyOptions extends ExecuteOptions {
  readonly profile?: string
  readonly plan?: string
}

/** `gauntlet nightly`: trains, attacks, measures and stores what a plan asks for. */
export function nightlyCommand(): Command {
  return planCommand('nightly')
    .description('train, attack and measure what a plan asks for; what is done is kept')
    .option('--profile <name>', `a plan that comes with Gauntlet (default: quick)`)
    .option('--plan <file>', 'a plan of your own, YAML or JSON')
    .addHelpText(
      'after',
      `\nProfiles:\n${profileList(Object.entries(profiles))}\n\n` +
        'Ctrl-C stops cleanly; the same command goes on where it stopped.',
    )
    .addHelpText(
      'after',
      examples(
        'gauntlet nightly',
        'gauntlet nightly --profile mnist --dry-run',
        'gauntlet nightly --plan my-plan.yaml --results my-results',
      ),
    )
    .action((options: NightlyOptions) => nightly(options))
}

async function nightly(options: NightlyOptions): Promise<void> {
  if (options.profile !== undefined && options.plan !== undefined) {
    throw new UsageError('invalid options: give --profile or --plan, not both')
  }
  if (options.attacks) await loadOwnAttacks(options.attacks)
  const profile = options.profile ?? 'quick'
  const plan = options.plan ? await readPlan(options.plan) : profilePlan(profile)
  const planWords = options.plan ? ['--plan', options.plan] : ['--profile', profile]
  const report = (store: Store, outcome: PlanOutcome) =>
    printAccuracies(plan, store, outcome, options)
  await executePlan({ command: 'nightly', planWords, plan, report }, options)
}

async function printAccuracies(
  plan: Plan,
  store: Store,
  { nightlyId }: PlanOutcome,
  options: NightlyOptions,
): Promise<void> {
  const results = await nightlyResults(store, nightlyId)
  if (results.length === 0) return
  for (const table of summaryTables(plan, results)) {
    console.log(`\n${textTable(table, column => column === 3).join('\n')}`)
  }
  console.log('\nAccuracy in percent with Wilson 95 % interval, the seeds pooled.')
  if (plan.attacks.length === 0) return
  console.log('Attacks: white-box, at this size. Transfer: examples of the bp twin (for bp: of the')
  console.log('lr-logit twin). Every attack and size, paired, with the spread over seeds:')
  console.log(`  ${['npx gauntlet compare', ...resultsWords(options)].join(' ')}`)
}
