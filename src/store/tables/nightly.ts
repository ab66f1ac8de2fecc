import type { NightlyChangeTable, NightlyComparisonTable, NightlyMeasureTable } from '../schema.ts'
import type { TableDescription } from './table.ts'

/** What tells one number of an execution from the others. */
const subject = {
  metric:
    'clean and robust accuracy; worst: under the worst of the white-box attacks; accuracy on corrupted images; certified accuracy; verdict of the robustness checks; cosine and (relative) variance of a gradient estimate; seconds of training; state of a model',
  dataset: 'name of the data set',
  architecture: 'architecture of the model',
  arm: 'how the model was trained',
  variant: 'what tells it from others of its arm in the same execution; empty where nothing does',
  attack: 'name of the attack; null where attacks have no part in it, as the next two',
  norm: 'how the change is measured',
  epsilon: 'largest change, in the units of the norm',
  detail: 'where examples were crafted, how the model is randomised, which estimator at which site',
} as const

/** `nightly_measure`. */
export const nightlyMeasureTable: TableDescription<NightlyMeasureTable> = Object.freeze({
  name: 'nightly_measure',
  description: 'One number of one execution, as it was when the execution ended.',
  columns: Object.freeze({
    nightly_id: 'id of the execution',
    position: 'place in the order, from 0',
    ...subject,
    seed: 'seed of the training',
    value: 'a share, a cosine, a relative variance or seconds',
    n: 'test examples, or repeats of a probe; null for a time',
    model_id: 'id of the model',
  }),
})

/** `nightly_comparison`. */
export const nightlyComparisonTable: TableDescription<NightlyComparisonTable> = Object.freeze({
  name: 'nightly_comparison',
  description: 'An execution compared with an earlier one of the same plan.',
  columns: Object.freeze({
    nightly_id: 'id of the execution',
    against_id: 'id of the earlier one, which may lie in another database',
    against_place: 'the results folder it lies in; null for the same one',
    against_started_at: 'when it started, UTC',
    against_commits: 'Git commits that its numbers were made at',
    alpha: 'largest probability of any false alarm among all comparisons',
    least_points: 'smallest change of an accuracy that is an alarm, a share',
    family: "comparisons with a p-value below 1, which Holm's adjustment counts",
    reused: 'measurements that are the same rows in both: nothing was measured again',
    only_before: 'measurements of the earlier one without a counterpart',
    only_now: 'measurements of this one without a counterpart',
    settings_changed: 'JSON: list of {path, before, now}: how plan and machines differ',
    created_at: 'when it was compared, UTC',
  }),
})

/** `nightly_change`. */
export const nightlyChangeTable: TableDescription<NightlyChangeTable> = Object.freeze({
  name: 'nightly_change',
  description: 'One number of an execution compared with that of an earlier one.',
  columns: Object.freeze({
    nightly_id: 'id of the execution',
    position: 'place in the order, from 0',
    verdict:
      'regression, improvement, unchanged; small: significant, but below the smallest change that counts; undecided: cannot be tested; reported: is not tested',
    ...subject,
    seed: 'seed of the training; null where all are judged together',
    before:
      'shares and cosines, means over seeds; geometric means of variances; seconds; of verdicts 1 is real, 0 undecided, −1 masked',
    now: 'the same now',
    difference: 'now − before; of variances and seconds now / before − 1',
    low: "lower bound of its 95 % interval: Agresti-Min for mcnemar, else Welch's",
    high: 'upper bound',
    test: "mcnemar: McNemar's exact test on the same examples; repeats, seeds: Welch's over these; none",
    n: 'test examples, or repeats; 0 where neither has a part in it',
    seeds: 'number of seeds',
    lost: 'examples that were right before alone',
    won: 'examples that are right now alone',
    p: 'p-value of the test',
    holm: 'p adjusted by Holm for all comparisons of the execution',
    note: 'what else is to be said',
    model_id: 'id of the model',
  }),
})
