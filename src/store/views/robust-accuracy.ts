import { epsilonColumn, inferenceColumn, normColumn, type View } from './view.ts'

/** One row of `v_robust_accuracy`. */
export interface RobustAccuracyView {
  readonly evaluation_id: string
  readonly dataset: string
  readonly architecture: string
  readonly arm: string
  readonly seed: number
  readonly attack: string
  readonly norm: string
  readonly epsilon: number
  readonly n: number
  readonly clean_accuracy: number
  readonly robust_accuracy: number
  readonly robust_accuracy_low: number
  readonly robust_accuracy_high: number
  readonly transfer: number
  readonly purpose: string
  readonly crafted_on: string
  readonly crafted_on_architecture: string
  readonly crafted_on_arm: string
  readonly crafted_on_seed: number
  readonly attack_seed: number
  readonly queries_mean: number
  readonly seconds: number
  readonly setting: string
  readonly model_id: string
  readonly pair_id: string
  readonly inference: string | null
}

/** `v_robust_accuracy`: every evaluation with its model. */
export const robustAccuracyView: View<RobustAccuracyView> = Object.freeze({
  name: 'v_robust_accuracy',
  description: 'One row per evaluation: one model under one attack with one budget.',
  columns: Object.freeze({
    evaluation_id: 'id of the evaluation',
    dataset: 'name of the data set',
    architecture: 'architecture of the judged model',
    arm: 'how the judged model was trained: bp, bp-noise, lr-logit, lr-weight, lr-hybrid or es',
    seed: 'seed of the training',
    attack: 'name of the attack; none for the clean evaluation',
    norm: normColumn,
    epsilon: epsilonColumn,
    n: 'number of test examples',
    clean_accuracy: 'share of these n examples classified correctly without attack',
    robust_accuracy: 'share of them still classified correctly under attack',
    robust_accuracy_low: 'lower bound of its Wilson 95 % interval',
    robust_accuracy_high: 'upper bound of its Wilson 95 % interval',
    transfer: '1 if the examples were crafted on another model, 0 for a white-box attack',
    purpose: 'comparison, or check if it was made for the robustness checks alone',
    crafted_on: 'id of the model on which the examples were crafted',
    crafted_on_architecture: 'architecture of that model',
    crafted_on_arm: 'arm of that model',
    crafted_on_seed: 'training seed of that model',
    attack_seed: 'seed of the attack',
    queries_mean: 'mean model calls an example while crafting',
    seconds: 'duration of the evaluation, seconds',
    setting: 'evasion, or poisoning: a model trained on the changed graph is judged',
    model_id: 'id of the judged model',
    pair_id: 'models that share it differ in the arm alone',
    inference: inferenceColumn,
  }),
  sql: `
    select evaluation.id as evaluation_id, dataset.name as dataset, model.architecture, model.arm,
      model.seed, evaluation.attack, evaluation.norm, evaluation.epsilon, evaluation.n,
      1.0 * evaluation.clean_correct / evaluation.n as clean_accuracy,
      evaluation.robust_accuracy, evaluation.robust_accuracy_low, evaluation.robust_accuracy_high,
      case when evaluation.crafted_on = evaluation.model_id then 0 else 1 end as transfer,
      evaluation.purpose,
      evaluation.crafted_on, source.architecture as crafted_on_architecture,
      source.arm as crafted_on_arm, source.seed as crafted_on_seed,
      evaluation.seed as attack_seed, evaluation.queries_mean, evaluation.seconds,
      evaluation.setting, evaluation.model_id, model.pair_id, evaluation.inference
    from evaluation
    join model on model.id = evaluation.model_id
    join dataset on dataset.id = model.dataset_id
    join model as source on source.id = evaluation.crafted_on`,
})
