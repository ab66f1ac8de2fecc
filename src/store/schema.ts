import type { Generated } from 'kysely'
import type { AttackConvergenceView } from './views/attack-convergence.ts'
import type { AttackOutcomesView } from './views/attack-outcomes.ts'
import type { CertifiedAccuracyView } from './views/certified-accuracy.ts'
import type { CorruptionAccuracyView } from './views/corruption-accuracy.ts'
import type { CorruptionSummaryView } from './views/corruption-summary.ts'
import type { GradientByStepView } from './views/gradient-by-step.ts'
import type { GradientVarianceView } from './views/gradient-variance.ts'
import type { MatchedPairsView } from './views/matched-pairs.ts'
import type { NightlyTrendView } from './views/nightly-trend.ts'
import type { RobustAccuracyView } from './views/robust-accuracy.ts'
import type { RunsView } from './views/runs.ts'
import type { WorstCaseView } from './views/worst-case.ts'

/**
 * The results database, table by table. Every row is plain SQL: text, integers, reals.
 *
 * Identifiers are hashes of what a row depends on, so they are the same in a rebuilt database.
 * Times are ISO 8601 in UTC; durations are seconds unless the name says otherwise; accuracies are
 * shares in [0, 1]; a JSON column holds one object with sorted keys. What each column means is said in
 * tables/, from which docs/schema.md is made.
 */
export interface Schema {
  readonly environment: EnvironmentTable
  readonly nightly: NightlyTable
  readonly nightly_job: NightlyJobTable
  readonly nightly_measure: NightlyMeasureTable
  readonly nightly_comparison: NightlyComparisonTable
  readonly nightly_change: NightlyChangeTable
  readonly job: JobTable
  readonly job_dependency: JobDependencyTable
  readonly dataset: DatasetTable
  readonly model: ModelTable
  readonly learning_curve: LearningCurveTable
  readonly evaluation: EvaluationTable
  readonly example: ExampleTable
  readonly evaluation_outcome: EvaluationOutcomeTable
  readonly attack_convergence: AttackConvergenceTable
  readonly gradient_probe: GradientProbeTable
  readonly step_gradient: StepGradientTable
  readonly corruption_accuracy: CorruptionAccuracyTable
  readonly certification: CertificationTable
  readonly certificate: CertificateTable
  readonly robustness_verdict: RobustnessVerdictTable
  readonly robustness_check: RobustnessCheckTable
  readonly v_runs: RunsView
  readonly v_robust_accuracy: RobustAccuracyView
  readonly v_attack_outcomes: AttackOutcomesView
  readonly v_attack_convergence: AttackConvergenceView
  readonly v_matched_pairs: MatchedPairsView
  readonly v_worst_case: WorstCaseView
  readonly v_gradient_variance: GradientVarianceView
  readonly v_gradient_by_step: GradientByStepView
  readonly v_corruption_accuracy: CorruptionAccuracyView
  readonly v_corruption_summary: CorruptionSummaryView
  readonly v_certified_accuracy: CertifiedAccuracyView
  readonly v_nightly_trend: NightlyTrendView
}

/** Where numbers were made: engines differ in the last digits, so every result names one of these. */
export interface EnvironmentTable {
  readonly id: string
  readonly engine: string
  readonly versions: string
  readonly threads: number
  readonly device: string
  readonly settings: string
  readonly node_version: string
  readonly gauntlet_version: string
  readonly commit_hash: string | null
}

/** One execution of a plan. */
export interface NightlyTable {
  readonly id: string
  readonly plan: string
  readonly plan_config: string
  readonly started_at: string
  readonly ended_at: string | null
  readonly state: 'running' | 'done' | 'interrupted' | 'failed'
  readonly jobs_reused: number
  /** Results folder that it was taken along from, with what it measured; null if it was made here. */
  readonly origin: string | null
  /** Git commits that its numbers were made at, separated by commas; null while it runs. */
  readonly commits: string | null
}

/** Which jobs an execution asked for, in the order in which they are offered to workers. */
export interface NightlyJobTable {
  readonly nightly_id: string
  readonly job_id: string
  readonly position: number
}

export type JobKind =
  | 'train'
  | 'import'
  | 'ensemble'
  | 'attack'
  | 'probe'
  | 'corrupt'
  | 'certify'
  | 'check'
export type JobState = 'waiting' | 'running' | 'done' | 'failed'

/** A unit of work; done once, whatever plans ask for it. */
export interface JobTable {
  readonly id: string
  readonly kind: JobKind
  readonly config: string
  readonly title: string
  readonly state: JobState
  readonly cost: number
  readonly worker: string | null
  readonly lease_until: number | null
  readonly attempts: number
  readonly error: string | null
  readonly started_at: string | null
  readonly ended_at: string | null
  readonly seconds: number | null
}

export interface JobDependencyTable {
  readonly job_id: string
  readonly needs_id: string
}

/** What was trained and tested on, by content. */
export interface DatasetTable {
  readonly id: string
  readonly name: string
  readonly train_count: number
  readonly test_count: number
  readonly shape: string
  readonly classes: string
  readonly licence: string
  readonly sha256: string
}

/** One training run and the model it produced, a model of other origin, or an ensemble. */
export interface ModelTable {
  readonly id: string
  readonly dataset_id: string
  readonly architecture: string
  readonly architecture_config: string
  readonly arm: string
  readonly estimator_config: string
  readonly training_config: string
  readonly seed: number
  readonly pair_id: string
  readonly parameters: number | null
  readonly state: 'trained' | 'diverged'
  readonly updates: number
  readonly forwards: number
  readonly seconds: number
  readonly clean_accuracy: number | null
  readonly checkpoint_sha256: string | null
  readonly weights_sha256: string | null
  readonly environment_id: string
  readonly created_at: string
}

/** Points of a model's learning curve. */
export interface LearningCurveTable {
  readonly model_id: string
  readonly updates: number
  readonly epoch: number
  readonly forwards: number
  readonly seconds: number
  readonly train_loss: number | null
  readonly test_accuracy: number | null
  readonly learning_rate: number
  readonly gradient_norm: number | null
}

/** One model judged on the adversarial examples of one attack with one budget. */
export interface EvaluationTable {
  readonly id: string
  readonly model_id: string
  readonly crafted_on: string
  readonly attack: string
  readonly norm: string
  readonly epsilon: number
  readonly attack_config: string
  readonly seed: number
  readonly n: number
  readonly clean_correct: number
  readonly robust_correct: number
  readonly robust_accuracy: number
  readonly robust_accuracy_low: number
  readonly robust_accuracy_high: number
  readonly queries_mean: number
  readonly seconds: number
  readonly environment_id: string
  readonly created_at: string
  readonly inference: string | null
  readonly setting: Generated<'evasion' | 'poisoning'>
  readonly purpose: Generated<'comparison' | 'check'>
}

/** One test example within one evaluation. */
export interface ExampleTable {
  readonly evaluation_id: string
  readonly example: number
  readonly label: number
  readonly clean_prediction: number
  readonly adversarial_prediction: number
  readonly success: number
  readonly linf: number | null
  readonly l2: number | null
  readonly queries: number
  readonly l1: number | null
  readonly component: string | null
  readonly words: number | null
  readonly changed_words: number | null
  readonly changed_edges: number | null
  readonly changed_entries: number | null
}

/**
 * What one evaluation decided, for reading many at once. It goes with any change of the examples, and
 * `fillOutcomes` makes it anew.
 */
export interface EvaluationOutcomeTable {
  readonly evaluation_id: string
  /**
   * A digit for each place in the test split: 0 if it is no example of the evaluation, else 1 for
   * wrong, 3 for right until attacked, 7 for right under attack.
   */
  readonly codes: string
}

/**
 * How an attack on images got on, iteration by iteration; for white-box attacks that raise a loss step
 * by step, and made since this is kept.
 */
export interface AttackConvergenceTable {
  readonly evaluation_id: string
  /** Place of the part in a composed attack, from 0; 0 where there are no parts. */
  readonly position: number
  /** Name of the part, or of the attack. */
  readonly part: string
  /** Iterates looked at so far, from 1, through all restarts; at most 30 of them a part. */
  readonly iteration: number
  /** What it raises: `ce`, `margin` or `dlr`. */
  readonly loss_name: string
  /** Mean over `attacked` of the highest loss so far; null where there is none. */
  readonly loss: number | null
  /** Examples that are right without attack and that the part has met. */
  readonly attacked: number
  /** Examples that are right without attack and not broken yet; at the end those that never are. */
  readonly robust_correct: number
}

/** Accuracy of one model on one kind of corrupted images at one severity. */
export interface CorruptionAccuracyTable {
  readonly id: string
  readonly model_id: string
  readonly corruption: string
  readonly severity: number
  readonly seed: number
  readonly n: number
  readonly clean_correct: number
  readonly correct: number
  readonly accuracy: number
  readonly accuracy_low: number
  readonly accuracy_high: number
  readonly environment_id: string
  readonly created_at: string
  /**
   * A digit for each of the first n test images: 1, plus 2 if it is right as it is, plus 4 if it is right
   * when corrupted; null in rows of earlier versions.
   */
  readonly codes: string | null
}

/** Randomized smoothing of one model (Cohen et al., 2019): how its certificates were made. */
export interface CertificationTable {
  readonly id: string
  readonly model_id: string
  readonly sigma: number
  readonly selection: number
  readonly estimation: number
  readonly alpha: number
  readonly seed: number
  readonly n: number
  readonly seconds: number
  readonly environment_id: string
  readonly created_at: string
}

/** What is certain of the smoothed model at one test example. */
export interface CertificateTable {
  readonly certification_id: string
  readonly example: number
  readonly label: number
  readonly prediction: number | null
  readonly radius: number
  readonly lower: number
}

/** Whether the robustness that was measured of one model is real, see docs/checks.md. */
export interface RobustnessVerdictTable {
  readonly id: string
  readonly model_id: string
  readonly norm: string
  readonly epsilon: number
  readonly n: number
  readonly seed: number
  readonly settings_config: string
  readonly verdict: 'real' | 'masked' | 'undecided'
  readonly reasons: string
  readonly seconds: number
  readonly environment_id: string
  readonly created_at: string
}

/** One finding of one robustness check. */
export interface RobustnessCheckTable {
  readonly verdict_id: string
  readonly position: number
  readonly number: number
  readonly name: string
  readonly part: string | null
  readonly meaning: 'masking' | 'validity' | 'report'
  readonly verdict: 'passed' | 'failed' | 'not applicable' | 'not measured'
  readonly value: number | null
  readonly threshold: number | null
  readonly detail: string
  readonly evaluations: string
}

/** Size of an example's gradient for the pre-activation of a recurrent site, at one step. */
export interface StepGradientTable {
  readonly probe_id: string
  readonly site: string
  readonly step: number
  readonly backprop_norm: number
  readonly estimate_norm: number
  readonly signal_norm: number | null
}

/** Gradient statistics of one parameter site of one model. */
export interface GradientProbeTable {
  readonly id: string
  readonly site: string
  readonly model_id: string
  readonly site_index: number
  readonly site_kind: string
  readonly estimator: string
  readonly copies: number
  readonly sigma: number
  readonly repeats: number
  readonly batch: number
  readonly parameters: number
  readonly reference_norm: number
  readonly variance: number
  readonly relative_variance: number | null
  readonly cosine_mean: number | null
  readonly cosine_sd: number | null
  readonly cosine_of_mean: number | null
  readonly milliseconds: number
  readonly environment_id: string
  readonly estimator_config: string | null
  readonly depth: number | null
  readonly width: number | null
  readonly forwards: number | null
  readonly variance_time: number | null
  readonly bias_clean: number | null
  readonly bias_clean_resolution: number | null
  readonly reference_copies: number | null
  readonly smoothed_norm: number | null
  readonly cosine_smoothed: number | null
  readonly bias_smoothed: number | null
  readonly bias_smoothed_resolution: number | null
}

/** What is measured: of one model, or of all seeds of it. */
interface SubjectColumns {
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
