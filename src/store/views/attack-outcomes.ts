import { epsilonColumn, normColumn, type View, wilsonBound } from './view.ts'

/** One row of `v_attack_outcomes`. */
export interface AttackOutcomesView {
  readonly evaluation_id: string
  readonly dataset: string
  readonly architecture: string
  readonly arm: string
  readonly seed: number
  readonly attack: string
  readonly norm: string
  readonly epsilon: number
  readonly setting: string
  readonly transfer: number
  readonly n: number
  readonly successful: number
  readonly failed: number
  readonly skipped: number
  readonly success_rate: number | null
  readonly success_rate_low: number | null
  readonly success_rate_high: number | null
  readonly changed_word_rate: number | null
  readonly changed_edges_mean: number | null
  readonly changed_entries_mean: number | null
  readonly queries_mean: number | null
  readonly attack_seed: number
  readonly crafted_on: string
  readonly model_id: string
}

/** `v_attack_outcomes`: what became of the examples that each attack met. */
export const attackOutcomesView: View<AttackOutcomesView> = Object.freeze({
  name: 'v_attack_outcomes',
  description:
    'One row per attack on a model: successful, failed and skipped examples, and what was changed.',
  columns: Object.freeze({
    evaluation_id: 'id of the evaluation',
    dataset: 'name of the data set',
    architecture: 'architecture of the judged model',
    arm: 'how the judged model was trained: bp, bp-noise, lr-logit, lr-weight, lr-hybrid or es',
    seed: 'seed of the training',
    attack: 'name of the attack',
    norm: normColumn,
    epsilon: epsilonColumn,
    setting: 'evasion, or poisoning: a model trained on the changed graph is judged',
    transfer: '1 if the examples were crafted on another model, 0 for a white-box attack',
    n: 'number of test examples',
    successful: 'how many are classified correctly without attack and wrongly under it',
    failed: 'how many are classified correctly both times',
    skipped: 'how many are misclassified as they stand: no attack is needed',
    success_rate: 'successful / (successful + failed); null where all are skipped',
    success_rate_low: 'lower bound of its Wilson 95 % interval',
    success_rate_high: 'upper bound of its Wilson 95 % interval',
    changed_word_rate: 'mean share of changed words over the successful texts; null for no text',
    changed_edges_mean:
      'mean number of changed edges over what was not skipped; null for what is no graph',
    changed_entries_mean: 'the same of changed entries of the features',
    queries_mean: 'mean model calls of what was not skipped; of a graph, for the whole of it',
    attack_seed: 'seed of the attack',
    crafted_on: 'id of the model on which the examples were crafted',
    model_id: 'id of the judged model',
  }),
  // The cross join keeps SQLite from starting at the million examples.
  sql: `
    with counted as (
      select evaluation.id, evaluation.model_id, evaluation.n,
        evaluation.clean_correct - evaluation.robust_correct as successful,
        evaluation.robust_correct as failed,
        evaluation.n - evaluation.clean_correct as skipped,
        avg(case when example.success = 1 then 1.0 * changed_words / words end) as word_rate,
        avg(case when clean_prediction = label then changed_edges end) as edges,
        avg(case when clean_prediction = label then changed_entries end) as entries,
        avg(case when clean_prediction = label then queries end) as queries
      from evaluation
      cross join example
      where example.evaluation_id = evaluation.id and evaluation.attack <> 'none'
      group by evaluation.id, evaluation.model_id, evaluation.n, evaluation.clean_correct,
        evaluation.robust_correct
    )
    select evaluation.id as evaluation_id, dataset.name as dataset, model.architecture, model.arm,
      model.seed, evaluation.attack, evaluation.norm, evaluation.epsilon, evaluation.setting,
      case when evaluation.crafted_on = evaluation.model_id then 0 else 1 end as transfer,
      counted.n, successful, failed, skipped,
      1.0 * successful / nullif(successful + failed, 0) as success_rate,
      ${wilsonBound('low', 'successful', '(successful + failed)')} as success_rate_low,
      ${wilsonBound('high', 'successful', '(successful + failed)')} as success_rate_high,
      word_rate as changed_word_rate, edges as changed_edges_mean, entries as changed_entries_mean,
      counted.queries as queries_mean, evaluation.seed as attack_seed, evaluation.crafted_on,
      counted.model_id
    from counted
    join evaluation on evaluation.id = counted.id
    join model on model.id = counted.model_id
    join dataset on dataset.id = model.dataset_id`,
})
