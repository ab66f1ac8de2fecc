import type { ChartKind } from './picks.ts'

/** A question with the statement that answers it, and how the answer is drawn best. */
export interface Example {
  readonly question: string
  readonly sql: string
  readonly picks: {
    readonly kind: ChartKind
    readonly x: string
    readonly y: string
    readonly series?: string
  }
}

/** Good questions about the documented views. */
export const examples: readonly Example[] = [
  {
    question:
      'How far does accuracy fall under the strongest single attack? Mean and range over seeds',
    sql: `select model, epsilon, count(*) as seeds, avg(lowest) as robust_accuracy,
  min(lowest) as robust_accuracy_low, max(lowest) as robust_accuracy_high
from (
  select architecture || ', ' || arm as model, seed, epsilon, min(robust_accuracy) as lowest
  from v_robust_accuracy
  where norm = 'linf' and transfer = 0 and inference is null and purpose = 'comparison'
  group by model_id, epsilon
)
group by model, epsilon
order by model, epsilon`,
    picks: { kind: 'line', x: 'epsilon', y: 'robust_accuracy', series: 'model' },
  },
  {
    question: 'How much does each arm win or lose against its backprop twin?',
    sql: `select architecture || ', ' || arm as model, attack, epsilon, count(*) as seeds,
  avg(difference) as difference, sum(only_arm) as only_arm, sum(only_bp) as only_bp
from v_matched_pairs
where source = 'white-box' and norm = 'linf' and attack <> 'none' and inference is null
group by model, attack, epsilon
order by epsilon, attack, model`,
    picks: { kind: 'scatter', x: 'epsilon', y: 'difference', series: 'model' },
  },
  {
    question: 'Which attack breaks most of what was classified correctly?',
    sql: `select attack, arm, sum(successful) as broken, sum(successful + failed) as attacked,
  1.0 * sum(successful) / sum(successful + failed) as success_rate
from v_attack_outcomes
where norm = 'linf' and transfer = 0
group by attack, arm
order by attack, arm`,
    picks: { kind: 'bar', x: 'attack', y: 'success_rate', series: 'arm' },
  },
  {
    question: 'Do transferred examples do less than those crafted on the model itself?',
    sql: `select arm, case transfer when 1 then 'transfer' else 'white box' end as threat,
  count(*) as evaluations, avg(robust_accuracy) as robust_accuracy
from v_robust_accuracy
where attack = 'pgd' and norm = 'linf' and inference is null and purpose = 'comparison'
group by arm, threat
order by arm, threat`,
    picks: { kind: 'bar', x: 'arm', y: 'robust_accuracy', series: 'threat' },
  },
  {
    question: 'What does accuracy cost? Seconds of training against clean accuracy',
    sql: `select seconds, clean_accuracy, arm, architecture, seed, model_id
from v_runs
where state = 'trained'
order by arm, seconds`,
    picks: { kind: 'scatter', x: 'seconds', y: 'clean_accuracy', series: 'arm' },
  },
  {
    question: 'How noisy is one gradient estimate, layer by layer?',
    sql: `select site_index, estimator || ', ' || copies || ' copies' as estimate, count(*) as probes,
  avg(relative_variance) as relative_variance, avg(cosine_mean) as cosine
from v_gradient_variance
where dataset = (select dataset from v_gradient_variance limit 1)
group by estimate, site_index
order by estimate, site_index`,
    picks: { kind: 'line', x: 'site_index', y: 'cosine', series: 'estimate' },
  },
  {
    question: 'How fast does accuracy fall as natural corruptions get worse?',
    sql: `select severity, corruption, count(*) as models, avg(accuracy) as accuracy
from v_corruption_accuracy
group by corruption, severity
order by corruption, severity`,
    picks: { kind: 'line', x: 'severity', y: 'accuracy', series: 'corruption' },
  },
  {
    question: 'What did the last nightlies find?',
    sql: `select started_at, plan, arm, count(distinct model_id) as models,
  avg(clean_accuracy) as clean_accuracy, avg(worst_case_accuracy) as worst_case_accuracy
from v_nightly_trend
group by nightly_id, arm
order by started_at desc, arm
limit 60`,
    picks: { kind: 'bar', x: 'arm', y: 'clean_accuracy', series: 'started_at' },
  },
]
