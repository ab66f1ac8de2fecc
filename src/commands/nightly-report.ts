import { writeFile } from 'node:fs/promises'
import { messageOf, WorkError } from '../errors.ts'
import { changeSections, type ReportSection, type Rows } from '../nightly/change-report.ts'
import type { Located, NightlyComparison } from '../nightly/compare-stores.ts'
import { takeHistory } from '../nightly/history.ts'
import type { AlarmOptions } from '../nightly/judge.ts'
import { junitReport } from '../nightly/junit.ts'
import { type ExecutionFacts, markdownSummary } from '../nightly/markdown.ts'
import { recordNightly } from '../nightly/record.ts'
import type { PlanOutcome } from '../runner/run-plan.ts'
import { nightlyJobs, oneNightly } from '../store/queries/nightlies.ts'
import { divergedModels } from '../store/queries/nightly-results.ts'
import type { Store } from '../store/store.ts'
import { textTable } from './text-table.ts'

/** Exit status where something is worse than before. */
export const regressionStatus = 3

export interface ReportOptions {
  /** The execution of another results folder to compare with. */
  readonly baseline?: Located | undefined
  readonly alarms: AlarmOptions
  /** Files to write. */
  readonly summary?: string | undefined
  readonly junit?: string | undefined
}

/**
 * Keeps what an execution measured and how that compares with an earlier one, prints what changed and
 * writes the files that were asked for. A regression sets the exit status.
 */
export async function reportNightly(
  store: Store,
  outcome: PlanOutcome,
  accuracies: readonly Rows[],
  options: ReportOptions,
): Promise<void> {
  const nightly = (await oneNightly(store, outcome.nightlyId))!
  const { baseline } = options
  if (baseline) await takeHistory(store, baseline.store, nightly.plan, baseline.place!)
  const comparison = await recordNightly({ store, nightly, place: null }, baseline, options.alarms)
  const sections = comparison ? changeSections(comparison) : []
  if (isWorthPrinting(comparison)) printSections(sections)
  const facts: ExecutionFacts = {
    plan: nightly.plan,
    id: nightly.id,
    state: nightly.state,
    outOfTime: outcome.outOfTime,
    ...outcome.jobs,
    jobs: await nightlyJobs(store, nightly.id),
    diverged: await divergedModels(store, nightly.id),
  }
  await write('summary', options.summary, () => markdownSummary(facts, sections, accuracies))
  await write('junit', options.junit, () => junitReport(facts, comparison?.changes ?? []))
  if (comparison && hasRegression(comparison)) process.exitCode = regressionStatus
}

/** Whether anything is worse than before. */
export function hasRegression({ changes }: Pick<NightlyComparison, 'changes'>): boolean {
  return changes.some(change => change.verdict === 'regression')
}

/** A second run with nothing to do has nothing to tell. */
function isWorthPrinting(comparison: NightlyComparison | null): boolean {
  return comparison !== null && comparison.changes.length > 0
}

/** Prints sections for the terminal. */
export function printSections(sections: readonly ReportSection[]): void {
  for (const { title, lines, table } of sections) {
    console.log(`\n${title}`)
    for (const line of lines) console.log(`  ${line}`)
    if (table) console.log(textTable(table, column => column > 0 && column < 6).join('\n'))
  }
}

async function write(
  option: string,
  file: string | undefined,
  content: () => string,
): Promise<void> {
  if (file === undefined) return
  try {
    await writeFile(file, content())
  } catch (error) {
    throw new WorkError(`cannot write --${option} ${file}: ${messageOf(error)}`, { cause: error })
  }
}
