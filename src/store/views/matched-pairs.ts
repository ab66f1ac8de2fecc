import {
  epsilonColumn,
  inferenceColumn,
  normColumn,
  sameInference,
  survived,
  type View,
} from './view.ts'

/** One row of `v_matched_pairs`. */
export interface MatchedPairsView {
  readonly pair_id: string
  readonly dataset: string
  readonly architecture: string
  readonly seed: number
  readonly arm: string
  readonly attack: string
  readonly norm: string
  readonly epsilon: number
  readonly setting: string
  readonly source: string
  readonly n: number
  readonly bp_accuracy: number
  readonly arm_accuracy: number
  readonly difference: number
  readonly only_bp: number
  readonly only_arm: number
  readonly attack_seed: number
  readonly crafted_on: string | null
  readonly bp_model_id: string
  readonly arm_model_id: string
  readonly bp_evaluation_id: string
  readonly arm_evaluation_id: string
  readonly inference: string | null
}

/**
 * `v_matched_pairs`: the bp model of a pair against each other arm under the same attack, with the
 * same configuration and the same seed.
 *
 * Both are attacked white-box, or both are judged on the examples of one third model: a model under
 * its own attack and a model under a transfer attack are never compared.
 */
export const matchedPairsView: View<MatchedPairsView> = Object.freeze({
  name: 'v_matched_pairs',
  description:
    'One row per matched pair and attack: the bp model against another arm, on the same examples; ' +
    'attacks that were made for the robustness checks alone are left out.',
  columns: Object.freeze({
    pair_id: 'the two models share it: they differ in the arm alone',
    dataset: 'name of the data set',
    architecture: 'architecture of both models',
    seed: 'training seed of both models',
    arm: 'the arm that is compared with bp',
    attack: 'name of the attack; none for the clean evaluation',
    norm: normColumn,
    epsilon: epsilonColumn,
    setting: 'evasion, or poisoning: both were trained again, on a changed graph each',
    source: 'white-box, or the arm of the third model on which both sets were crafted',
    n: 'number of test examples on which both were judged',
    bp_accuracy: 'share of these n that the bp model classifies correctly clean and attacked',
    arm_accuracy: 'the same for the other arm',
    difference: 'arm_accuracy - bp_accuracy: positive if the other arm is more robust',
    only_bp: 'number of the n examples on which the bp model alone is right',
    only_arm: 'number of the n examples on which the other arm alone is right',
    attack_seed: 'seed of the attack',
    crafted_on: 'id of the third model; null for white-box',
    bp_model_id: 'id of the bp model',
    arm_model_id: 'id of the model of the other arm',
    bp_evaluation_id: 'id of the evaluation of the bp model',
    arm_evaluation_id: 'id of the evaluation of the other model',
    inference: inferenceColumn,
  }),
  // The cross joins keep SQLite from starting at the million examples; grouping by all columns
  // lets it apply a condition on any of them before it counts.
  sql: `
    with pair as (
      select bp_model.pair_id, dataset.name as dataset, bp_model.architecture, bp_model.seed,
        arm_model.arm, bp.attack, bp.norm, bp.epsilon, bp.setting,
        case when bp.crafted_on = bp.model_id then 'white-box' else source.arm end as source,
        bp.seed as attack_seed,
        case when bp.crafted_on = bp.model_id then null else bp.crafted_on end as crafted_on,
        bp.model_id as bp_model_id, arm.model_id as arm_model_id,
        bp.id as bp_evaluation_id, arm.id as arm_evaluation_id, bp.inference
      from model as bp_model
      join model as arm_model on arm_model.pair_id = bp_model.pair_id and arm_model.arm <> 'bp'
      join evaluation as bp on bp.model_id = bp_model.id
      join evaluation as arm on arm.model_id = arm_model.id
        and arm.norm = bp.norm and arm.epsilon = bp.epsilon and arm.attack = bp.attack
        and arm.attack_config = bp.attack_config and arm.seed = bp.seed
        and ${sameInference('arm', 'bp')}
        and arm.setting = bp.setting
        and ((bp.crafted_on = bp.model_id and arm.crafted_on = arm.model_id)
          or (bp.crafted_on = arm.crafted_on
            and bp.crafted_on <> bp.model_id and arm.crafted_on <> arm.model_id))
      join model as source on source.id = bp.crafted_on
      join dataset on dataset.id = bp_model.dataset_id
      where bp_model.arm = 'bp' and bp.purpose = 'comparison' and arm.purpose = 'comparison'
    ), counted as (
      select pair.*, count(*) as n,
        sum(${survived('bp_example')}) as bp_right,
        sum(${survived('arm_example')}) as arm_right,
        sum((${survived('bp_example')}) * (${survived('arm_example')})) as both_right
      from pair
      cross join example as bp_example
      cross join example as arm_example
      where bp_example.evaluation_id = pair.bp_evaluation_id
        and arm_example.evaluation_id = pair.arm_evaluation_id
        and arm_example.example = bp_example.example
      group by pair_id, dataset, architecture, pair.seed, arm, attack, norm, epsilon, setting,
        source, attack_seed, crafted_on, bp_model_id, arm_model_id, bp_evaluation_id,
        arm_evaluation_id, inference
    )
    select pair_id, dataset, architecture, seed, arm, attack, norm, epsilon, setting, source,
      n, 1.0 * bp_right / n as bp_accuracy, 1.0 * arm_right / n as arm_accuracy,
      1.0 * (arm_right - bp_right) / n as difference,
      bp_right - both_right as only_bp, arm_right - both_right as only_arm,
      attack_seed, crafted_on, bp_model_id, arm_model_id, bp_evaluation_id, arm_evaluation_id,
      inference
    from counted`,
})
