import type { TextOutcome } from './attack-text.ts'

/** What an attack did to a set of texts. A mean or rate over no texts is null. */
export interface TextTotals {
  readonly successful: number
  readonly failed: number
  /** Misclassified without the attack. */
  readonly skipped: number
  /** Share of all texts that are classified correctly as they stand. */
  readonly cleanAccuracy: number | null
  /** Share of all texts that are still classified correctly. */
  readonly accuracyUnderAttack: number | null
  /** successful / (successful + failed) */
  readonly successRate: number | null
  /** Mean share of changed words over the successful. */
  readonly changedShare: number | null
  /** Mean number of model calls over the successful and the failed. */
  readonly queries: number | null
}

/** Totals of these outcomes. */
export function textTotals(outcomes: readonly TextOutcome[]): TextTotals {
  const of = (wanted: TextOutcome['result']) => outcomes.filter(({ result }) => result === wanted)
  const [successful, failed, skipped] = [of('successful'), of('failed'), of('skipped')]
  const attacked = [...successful, ...failed]
  return {
    successful: successful.length,
    failed: failed.length,
    skipped: skipped.length,
    cleanAccuracy: ratio(attacked.length, outcomes.length),
    accuracyUnderAttack: ratio(failed.length, outcomes.length),
    successRate: ratio(successful.length, attacked.length),
    changedShare: mean(successful.map(({ changedWords, words }) => changedWords / words)),
    queries: mean(attacked.map(({ queries }) => queries)),
  }
}

function ratio(count: number, of: number): number | null {
  return of > 0 ? count / of : null
}

function mean(values: readonly number[]): number | null {
  return ratio(
    values.reduce((sum, value) => sum + value, 0),
    values.length,
  )
}
