import type { View } from './view.ts'

/** One row of `v_corruption_accuracy`. */
export interface CorruptionAccuracyView {
  readonly job_id: string
  readonly dataset: string
  readonly architecture: string
  readonly arm: string
  readonly seed: number
  readonly corruption: string
  readonly severity: number
  readonly n: number
  readonly clean_accuracy: number
  readonly accuracy: number
  readonly accuracy_low: number
  readonly accuracy_high: number
  readonly corruption_seed: number
  readonly model_id: string
  readonly pair_id: string
}

/** `v_corruption_accuracy`: every model on every kind and severity of corrupted images. */
export const corruptionAccuracyView: View<CorruptionAccuracyView> = Object.freeze({
  name: 'v_corruption_accuracy',
  description: 'One row per model, natural corruption and severity: accuracy on corrupted images.',
  columns: Object.freeze({
    job_id: 'id of the job that measured it; all its rows are about the same images',
    dataset: 'name of the data set',
    architecture: 'architecture of the model',
    arm: 'how the model was trained: bp, bp-noise, lr-logit, lr-weight, lr-hybrid or es',
    seed: 'seed of the training',
    corruption: 'kind of corruption, e.g. gaussian-noise, fog',
    severity: 'from 1, barely visible, to 5',
    n: 'number of test examples',
    clean_accuracy: 'share of these n examples classified correctly as they are',
    accuracy: 'share of them classified correctly when they are corrupted',
    accuracy_low: 'lower bound of its Wilson 95 % interval',
    accuracy_high: 'upper bound of its Wilson 95 % interval',
    corruption_seed: 'seed of the corruption',
    model_id: 'id of the model',
    pair_id: 'models that share it differ in the arm alone',
  }),
  sql: `
    select measured.id as job_id, dataset.name as dataset, model.architecture, model.arm,
      model.seed, measured.corruption, measured.severity, measured.n,
      1.0 * measured.clean_correct / measured.n as clean_accuracy,
      measured.accuracy, measured.accuracy_low, measured.accuracy_high,
      measured.seed as corruption_seed, measured.model_id, model.pair_id
    from corruption_accuracy as measured
    join model on model.id = measured.model_id
    join dataset on dataset.id = model.dataset_id`,
})
