import {
  epsilonColumn,
  inferenceColumn,
  normColumn,
  sameInference,
  survived,
  type View,
  wilsonBound,
} from './view.ts'

/** One row of `v_worst_case`. */
export interface WorstCaseView {
  readonly model_id: string
  readonly dataset: string
  readonly architecture: string
  readonly arm: string
  readonly seed: number
  readonly norm: string
  readonly epsilon: number
  readonly white_box_attacks: number
  readonly white_box_n: number
  readonly white_box_survivors: number
  readonly white_box_accuracy: number | null
  readonly white_box_accuracy_low: number | null
  readonly white_box_accuracy_high: number | null
  readonly all_attacks: number
  readonly all_n: number
  readonly all_survivors: number
  readonly all_accuracy: number | null
  readonly all_accuracy_low: number | null
  readonly all_accuracy_high: number | null
  readonly inference: string | null
}

/** SQL: whether an evaluation counts, and whether it is a white-box one. */
const compared = (evaluation: string) =>
  `${evaluation}.attack <> 'none' and ${evaluation}.purpose = 'comparison'
        and ${evaluation}.setting = 'evasion'`
const whiteBox = 'case when attempt.crafted_on = attempt.model_id then 1 else 0 end'

/** `v_worst_case`: robust accuracy example by example over all attacks with one budget. */
export const worstCaseView: View<WorstCaseView> = Object.freeze({
  name: 'v_worst_case',
  description:
    'One row per model, norm, epsilon and noise: the share of examples that survive every attack; ' +
    'without poisoning and without what was made for the robustness checks alone.',
  columns: Object.freeze({
    model_id: 'id of the judged model',
    dataset: 'name of the data set',
    architecture: 'architecture of the model',
    arm: 'how the model was trained: bp, bp-noise, lr-logit, lr-weight, lr-hybrid or es',
    seed: 'seed of the training',
    norm: normColumn,
    epsilon: epsilonColumn,
    white_box_attacks: 'number of white-box evaluations with this budget',
    white_box_n: 'number of test examples that all of them attacked',
    white_box_survivors: 'how many of these are classified correctly under every one of them',
    white_box_accuracy: 'white_box_survivors / white_box_n; null where there are none',
    white_box_accuracy_low: 'lower bound of its Wilson 95 % interval',
    white_box_accuracy_high: 'upper bound of its Wilson 95 % interval',
    all_attacks: 'number of evaluations with this budget, transfer attacks included',
    all_n: 'number of test examples that all of these attacked',
    all_survivors: 'how many of these are classified correctly under every one of them',
    all_accuracy: 'all_survivors / all_n; null where there are none',
    all_accuracy_low: 'lower bound of its Wilson 95 % interval',
    all_accuracy_high: 'upper bound of its Wilson 95 % interval',
    inference: inferenceColumn,
  }),
  // The cross join keeps SQLite from starting at the million examples.
  // What became of the examples is counted budget by budget, so that only those budgets are read that
  // are asked for by a column of `budget`. Grouping them again keeps SQLite from counting once for
  // every column that is made of the counts.
  sql: `
    with budget as (
      select model.id as model_id, dataset.name as dataset, model.architecture, model.arm,
        model.seed, evaluation.norm, evaluation.epsilon, evaluation.inference,
        count(*) as all_attacks,
        sum(case when evaluation.crafted_on = evaluation.model_id then 1 else 0 end)
          as white_box_attacks
      from evaluation
      join model on model.id = evaluation.model_id
      join dataset on dataset.id = model.dataset_id
      where ${compared('evaluation')}
      group by model.id, dataset.name, model.architecture, model.arm, model.seed,
        evaluation.norm, evaluation.epsilon, evaluation.inference
      having max(exists (select 1 from example where example.evaluation_id = evaluation.id)) = 1
    ), fate as (
      select budget.*, (
        select json_array(
          sum(case when all_met = all_attacks then 1 else 0 end),
          sum(case when all_survived = all_attacks then 1 else 0 end),
          sum(case when white_box_attacks > 0 and white_box_met = white_box_attacks
            then 1 else 0 end),
          sum(case when white_box_attacks > 0 and white_box_survived = white_box_attacks
            then 1 else 0 end))
        from (
          select count(*) as all_met, sum(${survived('example')}) as all_survived,
            sum(${whiteBox}) as white_box_met,
            sum(${whiteBox} * (${survived('example')})) as white_box_survived
          from evaluation as attempt
          cross join example
          where attempt.model_id = budget.model_id and attempt.norm = budget.norm
            and attempt.epsilon = budget.epsilon and ${sameInference('attempt', 'budget')}
            and ${compared('attempt')} and example.evaluation_id = attempt.id
          group by example.example
        )
      ) as counts
      from budget
      group by model_id, dataset, architecture, arm, seed, norm, epsilon, inference, all_attacks,
        white_box_attacks
    ), counted as (
      select fate.*, json_extract(counts, '$[0]') as all_n,
        json_extract(counts, '$[1]') as all_survivors,
        json_extract(counts, '$[2]') as white_box_n,
        json_extract(counts, '$[3]') as white_box_survivors
      from fate
    )
    select model_id, dataset, architecture, arm, seed, norm, epsilon,
      white_box_attacks, white_box_n, white_box_survivors,
      1.0 * white_box_survivors / nullif(white_box_n, 0) as white_box_accuracy,
      ${wilsonBound('low', 'white_box_survivors', 'white_box_n')} as white_box_accuracy_low,
      ${wilsonBound('high', 'white_box_survivors', 'white_box_n')} as white_box_accuracy_high,
      all_attacks, all_n, all_survivors,
      1.0 * all_survivors / nullif(all_n, 0) as all_accuracy,
      ${wilsonBound('low', 'all_survivors', 'all_n')} as all_accuracy_low,
      ${wilsonBound('high', 'all_survivors', 'all_n')} as all_accuracy_high,
      inference
    from counted`,
})
