import type { TableDescription } from './table.ts'

/** What is measured: of one model, or of all seeds of it. */
export interface SubjectColumns {
  /**
   * `clean` and `robust` accuracy, `worst` for the worst case over the white-box attacks, accuracy on
   * `corrupted` images, `certified` accuracy, `verdict` of the robustness checks; `cosine` and `variance`
   * of a gradient estimate (relative), `seconds` of training; `state` of a model.
   */
  readonly metric:
    | ('clean' | 'robust' | 'worst' | 'corrupted' | 'certified' | 'verdict')
    | ('cosine' | 'variance' | 'seconds' | 'state')
  readonly dataset: string
  readonly architecture: string
  readonly arm: string
  /** What tells the model from others of its arm in the same execution; empty where nothing does. */
  readonly variant: string
  /** Null where attacks have no part in it, as the next two. */
  readonly attack: string | null
  readonly norm: string | null
  readonly epsilon: number | null
  /** Where examples were crafted, how a model is randomised, which estimator at which site. */
  readonly detail: string
}

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

/** One number of one execution, as it was when the execution ended. */
export interface NightlyMeasureTable extends SubjectColumns {
  readonly nightly_id: string
  readonly position: number
  readonly seed: number
  readonly value: number
  /** Test examples, repeats of a probe; null for a time. */
  readonly n: number | null
  readonly model_id: string
}

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

/** An execution compared with an earlier one of the same plan. */
export interface NightlyComparisonTable {
  readonly nightly_id: string
  /** The earlier execution, which may lie in another database. */
  readonly against_id: string
  /** The results folder it lies in; null for the same one. */
  readonly against_place: string | null
  readonly against_started_at: string
  readonly against_commits: string | null
  /** Largest probability of any false alarm among all comparisons. */
  readonly alpha: number
  /** Smallest change of an accuracy that is an alarm, a share. */
  readonly least_points: number
  /** Comparisons with a p-value below 1, which Holm's adjustment counts. */
  readonly family: number
  /** Measurements that are the same rows in both: nothing was measured again. */
  readonly reused: number
  /** Measurements without a counterpart. */
  readonly only_before: number
  readonly only_now: number
  /** JSON: list of `{ path, before, now }`: how plan and machines differ. */
  readonly settings_changed: string
  readonly created_at: string
}

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

/** One comparison of one number with an earlier execution. */
export interface NightlyChangeTable extends SubjectColumns {
  readonly nightly_id: string
  readonly position: number
  /**
   * `small`: significant, but below the smallest change that counts; `undecided`: cannot be tested;
   * `reported`: is not tested.
   */
  readonly verdict: 'regression' | 'improvement' | 'small' | 'unchanged' | 'undecided' | 'reported'
  /** Null where all seeds are judged together. */
  readonly seed: number | null
  /**
   * Shares and cosines, means over seeds; geometric means of variances; seconds; of verdicts 1 is real,
   * 0 undecided, −1 masked.
   */
  readonly before: number | null
  readonly now: number | null
  /** now − before; of variances and seconds now / before − 1. */
  readonly difference: number | null
  /** 95 % interval of difference: Agresti-Min for mcnemar, else Welch's. */
  readonly low: number | null
  readonly high: number | null
  /** McNemar's exact test on the same examples, Welch's over repeats or over seeds. */
  readonly test: 'mcnemar' | 'repeats' | 'seeds' | 'none'
  /** Test examples, or repeats; 0 where neither has a part in it. */
  readonly n: number
  readonly seeds: number
  /** Examples that were right before alone, and that are right now alone. */
  readonly lost: number | null
  readonly won: number | null
  readonly p: number | null
  /** p adjusted by Holm for all comparisons of the execution. */
  readonly holm: number | null
  readonly note: string
  readonly model_id: string
}

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
