import { epsilonColumn, inferenceColumn, normColumn, type View, wilsonBound } from './view.ts'

/** One row of `v_attack_convergence`. */
export interface AttackConvergenceView {
  readonly evaluation_id: string
  readonly dataset: string
  readonly architecture: string
  readonly arm: string
  readonly seed: number
  readonly attack: string
  readonly norm: string
  readonly epsilon: number
  readonly part_position: number
  readonly part: string
  readonly iteration: number
  readonly loss_name: string
  readonly loss: number | null
  readonly attacked: number
  readonly n: number
  readonly robust_correct: number
  readonly robust_accuracy: number
  readonly robust_accuracy_low: number
  readonly robust_accuracy_high: number
  readonly purpose: string
  readonly attack_seed: number
  readonly model_id: string
  readonly pair_id: string
  readonly inference: string | null
}

/** `v_attack_convergence`: loss and robust accuracy over the iterations of an attack. */
export const attackConvergenceView: View<AttackConvergenceView> = Object.freeze({
  name: 'v_attack_convergence',
  description:
    'One row per iteration, at most 30 a part, of an attack on the model itself that raises a loss ' +
    'step by step; evaluations made before this was kept have none.',
  columns: Object.freeze({
    evaluation_id: 'id of the evaluation',
    dataset: 'name of the data set',
    architecture: 'architecture of the attacked model',
    arm: 'how the model was trained: bp, bp-noise, lr-logit, lr-weight, lr-hybrid or es',
    seed: 'seed of the training',
    attack: 'name of the attack',
    norm: normColumn,
    epsilon: epsilonColumn,
    part_position: 'place of the part in a composed attack, from 0',
    part: 'name of the part, or of the attack',
    iteration: 'iterates looked at so far, from 1, through all restarts',
    loss_name: 'what is raised: ce (cross-entropy), margin or dlr',
    loss: 'mean over attacked of the highest loss so far; null where there is none',
    attacked: 'examples that are right without attack and that the part has met',
    n: 'number of test examples',
    robust_correct: 'examples that are right without attack and not broken yet',
    robust_accuracy: 'robust_correct / n; at the end that of the evaluation',
    robust_accuracy_low: 'lower bound of its Wilson 95 % interval',
    robust_accuracy_high: 'upper bound of its Wilson 95 % interval',
    purpose: 'comparison, or check if it was made for the robustness checks alone',
    attack_seed: 'seed of the attack',
    model_id: 'id of the attacked model',
    pair_id: 'models that share it differ in the arm alone',
    inference: inferenceColumn,
  }),
  sql: `
    select evaluation.id as evaluation_id, dataset.name as dataset, model.architecture, model.arm,
      model.seed, evaluation.attack, evaluation.norm, evaluation.epsilon,
      convergence.position as part_position, convergence.part, convergence.iteration,
      convergence.loss_name, convergence.loss, convergence.attacked, evaluation.n,
      convergence.robust_correct,
      1.0 * convergence.robust_correct / evaluation.n as robust_accuracy,
      ${wilsonBound('low', 'convergence.robust_correct', 'evaluation.n')} as robust_accuracy_low,
      ${wilsonBound('high', 'convergence.robust_correct', 'evaluation.n')} as robust_accuracy_high,
      evaluation.purpose, evaluation.seed as attack_seed, evaluation.model_id, model.pair_id,
      evaluation.inference
    from attack_convergence as convergence
    join evaluation on evaluation.id = convergence.evaluation_id
    join model on model.id = evaluation.model_id
    join dataset on dataset.id = model.dataset_id`,
})
