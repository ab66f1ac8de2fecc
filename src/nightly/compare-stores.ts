import { UsageError } from '../errors.ts'
import { latestOf, type NightlyRow, nightliesLike } from '../store/queries/nightlies.ts'
import type { Store } from '../store/store.ts'
import { compareMeasures, type MeasuresComparison, pairsToJudge } from './compare.ts'
import type { AlarmOptions } from './judge.ts'
import type { Pair } from './match.ts'
import { isAccuracy, type Measurement } from './measurement.ts'
import { differences, type SettingChange } from './plan-differences.ts'
import { commitsOf, readMeasurements } from './read-measures.ts'
import { readOutcomes } from './read-outcomes.ts'

/** An execution and the database that it lies in. */
export interface Located {
  readonly store: Store
  readonly nightly: NightlyRow
  /** What its results folder is called; null for the folder of the execution that is judged. */
  readonly place: string | null
}

/** An execution compared with an earlier one. */
export interface NightlyComparison extends MeasuresComparison {
  readonly against: {
    readonly id: string
    readonly place: string | null
    readonly startedAt: string
    readonly commits: string | null
  }
  readonly commits: string | null
  readonly alarms: AlarmOptions
  /** How the plans and the machines differ. */
  readonly settings: readonly SettingChange[]
}

/** Compares two executions, reading what was decided on the examples that both judged. */
export async function compareNightlies(
  before: Located,
  now: Located,
  alarms: AlarmOptions,
): Promise<NightlyComparison> {
  const [first, second] = [
    await readMeasurements(before.store, before.nightly.id),
    await readMeasurements(now.store, now.nightly.id),
  ]
  const sameStore = before.store === now.store
  const { pairs, reused } = pairsToJudge(first, second, sameStore)
  const accuracies = [
    ...pairs.filter(pair => isAccuracy(pair.now)),
    ...(pairs.length > 0 ? reused.filter(isPartOfWorst) : []),
  ]
  const read = (store: Store, side: 'before' | 'now') =>
    readOutcomes(
      store,
      accuracies.map(pair => pair[side]),
    )
  const comparison = compareMeasures(
    { measurements: first, outcomes: await read(before.store, 'before') },
    { measurements: second, outcomes: await read(now.store, 'now') },
    { sameStore, ...alarms },
  )
  return {
    ...comparison,
    against: {
      id: before.nightly.id,
      place: before.place,
      startedAt: before.nightly.started_at,
      commits: commitsOf(first),
    },
    commits: commitsOf(second),
    alarms,
    settings: differences(settingsOf(before, first), settingsOf(now, second)),
  }
}

/** What was not measured again may still be a part of a worst case that changed. */
function isPartOfWorst({ now }: Pair): boolean {
  return now.metric === 'robust' && now.plain
}

function settingsOf({ nightly }: Located, measurements: readonly Measurement[]) {
  const machines = [...new Set(measurements.map(({ machine }) => machine))].sort()
  return {
    ...JSON.parse(nightly.plan_config),
    ...(measurements.length > 0 && { machine: machines }),
  }
}

/**
 * The execution of this id, or whose id begins like this.
 *
 * @throws UsageError if there is none, or more than one
 */
export async function findNightly(store: Store, id: string): Promise<NightlyRow> {
  const found = await nightliesLike(store, id)
  const [only, more] = found
  if (!only)
    throw new UsageError(
      `unknown nightly: ${id} (see: gauntlet query "select id, plan, started_at from nightly")`,
    )
  if (more && only.id !== id) throw new UsageError(`invalid nightly: ${id} is the start of several`)
  return only
}

/**
 * The latest execution of a plan in another results folder.
 *
 * @throws UsageError if there is none
 */
export async function baselineOf(store: Store, plan: string, folder: string): Promise<NightlyRow> {
  const found = await latestOf(store, plan)
  if (found) return found
  throw new UsageError(`invalid baseline: ${folder} holds no finished nightly of the plan ${plan}`)
}
