import { decodeOutcomes, type Outcomes } from '../store/outcome-codes.ts'
import { nightlyCertificates, nightlyCorruptionCodes } from '../store/queries/natural-outcomes.ts'
import { outcomes } from '../store/queries/outcomes.ts'
import type { Store } from '../store/store.ts'
import { type Measurement, outcomeKey } from './measurement.ts'
import { certifiedWithin, corruptionName } from './natural-measures.ts'

/**
 * What was decided example by example in these accuracies, by `outcomeKey`. Corrupted images of
 * earlier versions have none.
 */
export async function readOutcomes(
  store: Store,
  measurements: readonly Measurement[],
): Promise<Map<string, Outcomes>> {
  const of = (...metrics: readonly Measurement['metric'][]) =>
    measurements.filter(one => one.job !== null && metrics.includes(one.metric))
  const jobs = (all: readonly Measurement[]) => [...new Set(all.map(one => one.job!))]
  const found = await outcomes(store, jobs(of('clean', 'robust')))
  const [corrupted, certified] = [of('corrupted'), of('certified')]
  const rows = await nightlyCorruptionCodes(store, jobs(corrupted))
  const codes = new Map(rows.map(row => [`${row.id} ${corruptionName(row)}`, row.codes]))
  for (const one of corrupted) {
    const own = codes.get(outcomeKey(one))
    if (own) found.set(outcomeKey(one), decodeOutcomes(own))
  }
  const certificates = await nightlyCertificates(store, jobs(certified))
  for (const one of certified) {
    const own = certificates.filter(row => row.certification_id === one.job)
    found.set(outcomeKey(one), certifiedWithin(own, one.epsilon!))
  }
  return found
}
