import type { ProbeRow } from '../src/store/queries/probes.ts'
import type { Probe } from './schemas.ts'

/** A row of the database as the API shows it. */
export function toProbe(row: ProbeRow): Probe {
  return {
    id: row.id,
    model: row.model_id,
    arm: row.arm,
    seed: row.seed,
    estimator: row.estimator,
    copies: row.copies,
    sigma: row.sigma,
    repeats: row.repeats,
    batch: row.batch,
    site: row.site,
    siteIndex: row.site_index,
    siteKind: row.site_kind,
    parameters: row.parameters,
    referenceNorm: row.reference_norm,
    variance: row.variance,
    relativeVariance: row.relative_variance,
    cosineMean: row.cosine_mean,
    cosineSd: row.cosine_sd,
    cosineOfMean: row.cosine_of_mean,
    milliseconds: row.milliseconds,
  }
}
