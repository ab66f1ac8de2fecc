import { epsilonColumn, normColumn, type View } from './view.ts'

/** One row of `v_nightly_trend`. */
export interface NightlyTrendView {
  readonly nightly_id: string
  readonly plan: string
  readonly started_at: string
  readonly state: string
  readonly dataset: string
  readonly architecture: string
  readonly arm: string
  readonly seed: number
  readonly clean_accuracy: number | null
  readonly norm: string | null
  readonly epsilon: number | null
  readonly white_box_attacks: number
  readonly pgd_accuracy: number | null
  readonly strongest_attack_accuracy: number | null
  readonly worst_case_accuracy: number | null
  readonly worst_case_n: number | null
  readonly model_id: string
}

/** `v_nightly_trend`: the white-box numbers of each execution, model by model, without noise at
 * inference. */
export const nightlyTrendView: View<NightlyTrendView> = Object.freeze({
  name: 'v_nightly_trend',
  description:
    'One row per execution of a plan, model, norm and epsilon; one with null norm if not attacked.',
  columns: Object.freeze({
    nightly_id: 'id of the execution',
    plan: 'name of the plan',
    started_at: 'when the execution started, UTC',
    state: 'running, done, interrupted or failed',
    dataset: 'name of the data set',
    architecture: 'architecture of the model',
    arm: 'how the model was trained: bp, bp-noise, lr-logit, lr-weight, lr-hybrid or es',
    seed: 'seed of the training',
    clean_accuracy: 'share of the whole test split classified correctly without attack',
    norm: normColumn,
    epsilon: epsilonColumn,
    white_box_attacks: 'number of white-box evaluations in this execution, without poisoning',
    pgd_accuracy: 'lowest robust accuracy under pgd among these, a share',
    strongest_attack_accuracy: 'lowest robust accuracy under any single one of these, a share',
    worst_case_accuracy: 'share that survives every white-box attack stored for this model',
    worst_case_n: 'number of test examples behind worst_case_accuracy',
    model_id: 'id of the model',
  }),
  sql: `
    with white_box as (
      select asked.nightly_id, evaluation.model_id, evaluation.norm, evaluation.epsilon,
        count(*) as attacks, min(evaluation.robust_accuracy) as strongest,
        min(case when evaluation.attack = 'pgd' then evaluation.robust_accuracy end) as pgd
      from nightly_job as asked
      join evaluation on evaluation.id = asked.job_id
      where evaluation.attack <> 'none' and evaluation.crafted_on = evaluation.model_id
        and evaluation.inference is null
        and evaluation.purpose = 'comparison'
        and evaluation.setting = 'evasion'
      group by asked.nightly_id, evaluation.model_id, evaluation.norm, evaluation.epsilon
    )
    select nightly.id as nightly_id, nightly.plan, nightly.started_at, nightly.state,
      dataset.name as dataset, model.architecture, model.arm, model.seed, model.clean_accuracy,
      white_box.norm, white_box.epsilon, coalesce(white_box.attacks, 0) as white_box_attacks,
      white_box.pgd as pgd_accuracy, white_box.strongest as strongest_attack_accuracy,
      worst.white_box_accuracy as worst_case_accuracy, worst.white_box_n as worst_case_n,
      model.id as model_id
    from nightly
    join nightly_job on nightly_job.nightly_id = nightly.id
    join model on model.id = nightly_job.job_id
    join dataset on dataset.id = model.dataset_id
    left join white_box on white_box.nightly_id = nightly.id and white_box.model_id = model.id
    left join v_worst_case as worst on worst.model_id = model.id
      and worst.norm = white_box.norm and worst.epsilon = white_box.epsilon and worst.inference is null
    where model.arm <> 'ensemble'`,
})
