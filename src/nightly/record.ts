import { latestOf } from '../store/queries/nightlies.ts'
import { outcomes } from '../store/queries/outcomes.ts'
import type { Store } from '../store/store.ts'
import { compareNightlies, type Located, type NightlyComparison } from './compare-stores.ts'
import { saveComparison, saveMeasures } from './history.ts'
import type { AlarmOptions } from './judge.ts'
import { commitsOf, readMeasurements } from './read-measures.ts'
import { worstCases } from './worst-cases.ts'

/**
 * Keeps what an execution measured, and how it compares with an earlier one.
 *
 * @param baseline the one to compare with; the one before of the same plan and folder if absent
 * @returns the comparison; null if there is none to compare with
 */
export async function recordNightly(
  now: Located,
  baseline: Located | undefined,
  alarms: AlarmOptions,
): Promise<NightlyComparison | null> {
  const { store, nightly } = now
  await keepMeasures(store, nightly.id)
  const before = baseline ?? (await previous(now))
  if (!before) return null
  const comparison = await compareNightlies(before, now, alarms)
  await saveComparison(store, nightly.id, comparison)
  return comparison
}

/** The execution of the same plan in the same folder before this one. */
async function previous({ store, nightly }: Located): Promise<Located | null> {
  const found = await latestOf(store, nightly.plan, nightly)
  return found ? { store, nightly: found, place: null } : null
}

async function keepMeasures(store: Store, nightlyId: string): Promise<void> {
  const measurements = await readMeasurements(store, nightlyId)
  const attacked = measurements.filter(one => one.metric === 'robust' && one.plain)
  const decided = await outcomes(
    store,
    attacked.map(one => one.job!),
  )
  const worst = worstCases(measurements, decided).map(one => one.measurement)
  await saveMeasures(store, nightlyId, [...measurements, ...worst], commitsOf(measurements))
}
