import { Command, Option } from 'commander'
import { UsageError } from '../errors.ts'
import { changeSections } from '../nightly/change-report.ts'
import { compareNightlies, findNightly, type Located } from '../nightly/compare-stores.ts'
import { markdownSections } from '../nightly/markdown.ts'
import { latestOf, latestOfAll } from '../store/queries/nightlies.ts'
import { openStore, type Store } from '../store/store.ts'
import { type AlarmWords, alarmOptions, alarmsOf } from './alarm-options.ts'
import { openBaseline } from './baseline-option.ts'
import { examples } from './examples.ts'
import { hasRegression, printSections, regressionStatus } from './nightly-report.ts'
import { databaseFile, resultsOption } from './results-option.ts'

interface RegressionsOptions extends AlarmWords {
  readonly nightly?: string
  readonly against?: string
  readonly baseline?: string
  readonly format: 'table' | 'markdown' | 'json'
  readonly results: string
}

/** `gauntlet regressions`: what changed between two nightlies of a plan. */
export function regressionsCommand(): Command {
  const command = new Command('regressions')
    .description('compare a nightly with an earlier one of the same plan')
    .option('--nightly <id>', 'this one (default: the latest that has ended)')
    .option('--against <id>', 'with this one (default: the one before of the same plan)')
    .option('--baseline <folder>', "with another results folder's latest of the same plan")
  return alarmOptions(command)
    .addOption(
      new Option('--format <format>', 'how to print it')
        .choices(['table', 'markdown', 'json'])
        .default('table'),
    )
    .addOption(resultsOption())
    .addHelpText(
      'after',
      `
Accuracies on the same examples are compared by McNemar's exact test, others by
Welch's test over seeds; p is adjusted by Holm for all comparisons of the
nightly. Exit status: 0 nothing is worse, 3 something is.`,
    )
    .addHelpText(
      'after',
      examples(
        'gauntlet regressions',
        'gauntlet regressions --baseline last-night --format markdown',
      ),
    )
    .action((options: RegressionsOptions) => regressions(options))
}

async function regressions(options: RegressionsOptions): Promise<void> {
  if (options.against !== undefined && options.baseline !== undefined) {
    throw new UsageError('invalid options: give --against or --baseline, not both')
  }
  const store = await openStore(databaseFile(options.results), { readonly: true })
  let before: Located | undefined
  try {
    const now = await nightlyAsked(store, options)
    before = await earlier(store, now, options)
    const comparison = await compareNightlies(before, now, alarmsOf(options))
    if (options.format === 'json') console.log(JSON.stringify(comparison, null, 2))
    else if (options.format === 'markdown') {
      console.log(markdownSections(changeSections(comparison)).join('\n\n'))
    } else printSections(changeSections(comparison))
    if (hasRegression(comparison)) process.exitCode = regressionStatus
  } finally {
    if (before && before.store !== store) await before.store.destroy()
    await store.destroy()
  }
}

async function nightlyAsked(store: Store, { nightly }: RegressionsOptions): Promise<Located> {
  const found = nightly === undefined ? await latestOfAll(store) : await findNightly(store, nightly)
  if (!found) throw new UsageError('no nightly has ended yet (run: npx gauntlet nightly)')
  if (found.origin !== null) throw new UsageError(`invalid nightly: ${elsewhere(found)}`)
  return { store, nightly: found, place: null }
}

async function earlier(
  store: Store,
  { nightly }: Located,
  { against, baseline, results }: RegressionsOptions,
): Promise<Located> {
  if (baseline !== undefined) return openBaseline(baseline, nightly.plan, results)
  if (against === undefined) {
    const found = await latestOf(store, nightly.plan, nightly)
    if (found) return { store, nightly: found, place: null }
    throw new UsageError(
      `nothing to compare with: ${nightly.id} is the first nightly of the plan ${nightly.plan} ` +
        'here (give --baseline <folder>)',
    )
  }
  const found = await findNightly(store, against)
  if (found.origin !== null) throw new UsageError(`invalid nightly: ${elsewhere(found)}`)
  if (found.plan !== nightly.plan) {
    throw new UsageError(
      `invalid nightly: ${found.id} is of the plan ${found.plan}, not ${nightly.plan}`,
    )
  }
  return { store, nightly: found, place: null }
}

function elsewhere({
  id,
  origin,
}: {
  readonly id: string
  readonly origin: string | null
}): string {
  return `only the history of ${id} is here; its examples are in ${origin} (give --baseline)`
}
