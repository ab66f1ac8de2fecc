import type { ProbeRow } from '../src/store/queries/probes.ts'
import type { Bias, Probe } from './schemas/gradients.ts'

/** A row of the database as the API shows it. */
export function toProbe(row: ProbeRow): Probe {
  return {
    id: row.id,
    model: row.model_id,
    architecture: row.architecture,
    depth: row.depth,
    width: row.width,
    arm: row.arm,
    training: trainingOf(row),
    seed: row.seed,
    engine: row.engine,
    estimator: row.estimator,
    options: row.estimator_config === null ? null : JSON.parse(row.estimator_config),
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
    biasClean: biasOf(row.bias_clean, row.bias_clean_resolution),
    referenceCopies: row.reference_copies,
    smoothedNorm: row.smoothed_norm,
    cosineSmoothed: row.cosine_smoothed,
    biasSmoothed: biasOf(row.bias_smoothed, row.bias_smoothed_resolution),
    milliseconds: row.milliseconds,
    forwards: row.forwards,
    varianceTime: row.variance_time,
  }
}

/** e.g. `4 epochs of 2000 examples, batch 50, learning rate 0.002` */
export function trainingOf({
  training_config,
  train_count,
}: Pick<ProbeRow, 'training_config' | 'train_count'>): string {
  const { epochs, batch, learningRate } = JSON.parse(training_config) as Record<string, unknown>
  const rate = learningRate === undefined ? '' : `, learning rate ${learningRate}`
  return `${epochs} epochs of ${train_count} examples, batch ${batch}${rate}`
}

function biasOf(value: number | null, resolution: number | null): Bias {
  return value === null || resolution === null ? null : { value, resolution }
}
