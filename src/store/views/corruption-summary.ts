import type { View } from './view.ts'

/** One row of `v_corruption_summary`. */
export interface CorruptionSummaryView {
  readonly job_id: string
  readonly dataset: string
  readonly architecture: string
  readonly arm: string
  readonly seed: number
  readonly corruptions: number
  readonly severities: number
  readonly mildest: number
  readonly strongest: number
  readonly n: number
  readonly clean_accuracy: number
  readonly mean_accuracy: number
  readonly corruption_seed: number
  readonly model_id: string
  readonly pair_id: string
}

/** `v_corruption_summary`: the mean accuracy of a model over kinds and severities. */
export const corruptionSummaryView: View<CorruptionSummaryView> = Object.freeze({
  name: 'v_corruption_summary',
  description:
    'One row per model: unweighted mean over corruptions and severities, as CIFAR-10-C reports it; compare rows of equal corruptions and severities.',
  columns: Object.freeze({
    job_id: 'id of the job that measured it',
    dataset: 'name of the data set',
    architecture: 'architecture of the model',
    arm: 'how the model was trained: bp, bp-noise, lr-logit, lr-weight, lr-hybrid or es',
    seed: 'seed of the training',
    corruptions: 'number of kinds of corruption',
    severities: 'number of severities of each',
    mildest: 'lowest severity, from 1',
    strongest: 'highest severity, up to 5',
    n: 'number of test examples, each corrupted in every way',
    clean_accuracy: 'share of these n examples classified correctly as they are',
    mean_accuracy: 'mean of the accuracies over all kinds and severities',
    corruption_seed: 'seed of the corruptions',
    model_id: 'id of the model',
    pair_id: 'models that share it differ in the arm alone',
  }),
  sql: `
    select job_id, dataset, architecture, arm, seed,
      count(distinct corruption) as corruptions, count(distinct severity) as severities,
      min(severity) as mildest, max(severity) as strongest, n, clean_accuracy,
      avg(accuracy) as mean_accuracy, corruption_seed, model_id, pair_id
    from v_corruption_accuracy
    group by job_id, dataset, architecture, arm, seed, n, clean_accuracy, corruption_seed,
      model_id, pair_id`,
})
