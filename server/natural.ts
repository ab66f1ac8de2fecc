import type { CertifiedAccuracyView } from '../src/store/views/certified-accuracy.ts'
import type { CorruptionAccuracyView } from '../src/store/views/corruption-accuracy.ts'
import type { RunCertified, RunCorruption } from './schemas/runs.ts'

/** A row of `v_corruption_accuracy` as the API gives it. */
export function toCorruption(row: CorruptionAccuracyView): RunCorruption {
  return {
    job: row.job_id,
    corruption: row.corruption,
    severity: row.severity,
    seed: row.corruption_seed,
    n: row.n,
    cleanAccuracy: row.clean_accuracy,
    accuracy: row.accuracy,
    low: row.accuracy_low,
    high: row.accuracy_high,
  }
}

/** A row of `v_certified_accuracy` as the API gives it. */
export function toCertified(row: CertifiedAccuracyView): RunCertified {
  return {
    certification: row.certification_id,
    sigma: row.sigma,
    selection: row.selection,
    estimation: row.estimation,
    alpha: row.alpha,
    seed: row.smoothing_seed,
    n: row.n,
    abstained: row.abstained,
    seconds: row.seconds,
    radius: row.radius,
    certified: row.certified,
    accuracy: row.certified_accuracy,
    low: row.certified_accuracy_low,
    high: row.certified_accuracy_high,
  }
}
