import { type AlarmOptions, type Change, judge, usualAlarms } from './judge.ts'
import { matchMeasurements, type Pair } from './match.ts'
import type { Measurement, NightlyMeasures } from './measurement.ts'

/** What changed between two executions of a plan. */
export interface MeasuresComparison {
  readonly changes: readonly Change[]
  /** Tests that Holm's adjustment counts. */
  readonly family: number
  /** Measurements that are the same rows in both: nothing was measured again. */
  readonly reused: number
  readonly onlyBefore: readonly Measurement[]
  readonly onlyNow: readonly Measurement[]
}

/** The pairs that are to be judged, and those that need not be. */
export function pairsToJudge(
  before: readonly Measurement[],
  now: readonly Measurement[],
  sameStore: boolean,
) {
  const { pairs, ...rest } = matchMeasurements(before, now)
  const isReused = ({ before, now }: Pair) => sameStore && before.job === now.job
  return {
    pairs: pairs.filter(pair => !isReused(pair)),
    reused: pairs.filter(isReused),
    ...rest,
  }
}

/**
 * Compares what two executions measured.
 *
 * @param sameStore whether both lie in the same database, where equal jobs are the same rows
 */
export function compareMeasures(
  before: NightlyMeasures,
  now: NightlyMeasures,
  { sameStore, ...options }: Partial<AlarmOptions> & { readonly sameStore: boolean },
): MeasuresComparison {
  const { pairs, reused, ...rest } = pairsToJudge(before.measurements, now.measurements, sameStore)
  const judged = judge(pairs, reused, before, now, { ...usualAlarms, ...options })
  return { ...judged, ...rest, reused: reused.length }
}
