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
 * shares in [0, 1]; a JSON column holds one object with sorted keys.
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
  /** Hash of the other columns. */
  readonly id: string
  /** `tensorflow` or `wasm`. */
  readonly engine: string
  /** JSON: version of each library by name. */
  readonly versions: string
  readonly threads: number
  /** Name of the processor or graphics card. */
  readonly device: string
  /** JSON: engine settings taken from environment variables. */
  readonly settings: string
  readonly node_version: string
  readonly gauntlet_version: string
  /** Git commit of the checkout, `+` behind it if files had changed; null outside a checkout. */
  readonly commit_hash: string | null
}

/** One execution of a plan. */
export interface NightlyTable {
  readonly id: string
  /** The plan's name, e.g. `quick`. */
  readonly plan: string
  /** JSON: the whole plan as it was validated. */
  readonly plan_config: string
  readonly started_at: string
  readonly ended_at: string | null
  readonly state: 'running' | 'done' | 'interrupted' | 'failed'
  /** How many of its jobs were already done when it started. */
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
  /** Hash of kind and config; config names the jobs it needs by their hashes. */
  readonly id: string
  readonly kind: JobKind
  /** JSON: everything that the job depends on. */
  readonly config: string
  /** One line for people, e.g. `train glyphs lenet lr-logit seed 0`. */
  readonly title: string
  readonly state: JobState
  /** Expected seconds; only its ratio to other jobs matters. */
  readonly cost: number
  readonly worker: string | null
  /** Milliseconds since 1970 until which the worker holds the job. */
  readonly lease_until: number | null
  /** How often the job was started. */
  readonly attempts: number
  /** Why it failed, one line. */
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
  /** Hash of name, counts and sha256. */
  readonly id: string
  readonly name: string
  readonly train_count: number
  readonly test_count: number
  /** JSON: [height, width, channels]. */
  readonly shape: string
  /** JSON: names of the classes. */
  readonly classes: string
  readonly licence: string
  /** SHA-256 of the bytes read or generated. */
  readonly sha256: string
}

/** One training run and the model it produced, a model of other origin, or an ensemble. */
export interface ModelTable {
  /** The id of the job that made it. */
  readonly id: string
  readonly dataset_id: string
  /** Name of the architecture, e.g. `lenet`. */
  readonly architecture: string
  /** JSON: the architecture with all its options. */
  readonly architecture_config: string
  /** `bp`, `bp-noise`, `lr-logit`, `lr-weight`, `lr-hybrid` or `es`; `imported`, `ensemble`. */
  readonly arm: string
  /** JSON: the estimator with all its options (copies, sigma …). */
  readonly estimator_config: string
  /** JSON: loss, optimiser, schedule, batch, epochs, clipping. */
  readonly training_config: string
  readonly seed: number
  /**
   * Hash of data set, architecture, loss, optimiser, schedule, batch, number of updates and seed: models
   * that share it are matched, they differ in the arm alone.
   */
  readonly pair_id: string
  /** Number of trainable values; null for a black box. */
  readonly parameters: number | null
  /** `diverged`: the loss became NaN or infinite; there is no checkpoint to attack. */
  readonly state: 'trained' | 'diverged'
  /** Optimiser steps taken. */
  readonly updates: number
  /** Network passes forward over a batch of the training size, copies counted each. */
  readonly forwards: number
  /** Training time. */
  readonly seconds: number
  /** Accuracy on the whole test split after training, without attack; null if diverged. */
  readonly clean_accuracy: number | null
  /** SHA-256 of the checkpoint file; null if diverged. */
  readonly checkpoint_sha256: string | null
  /** SHA-256 over the trained weights alone: equal weights, equal hash; null if diverged. */
  readonly weights_sha256: string | null
  readonly environment_id: string
  readonly created_at: string
}

/** Points of a model's learning curve. */
export interface LearningCurveTable {
  readonly model_id: string
  /** Optimiser steps so far. */
  readonly updates: number
  /** Passes over the training split so far. */
  readonly epoch: number
  readonly forwards: number
  readonly seconds: number
  /** Mean training loss since the previous point; null where it was not finite. */
  readonly train_loss: number | null
  /** Accuracy on the first test examples; null where it was not measured. */
  readonly test_accuracy: number | null
  readonly learning_rate: number
  /** Mean Euclidean norm of the gradient before clipping since the previous point. */
  readonly gradient_norm: number | null
}

/** One model judged on the adversarial examples of one attack with one budget. */
export interface EvaluationTable {
  /** The id of its job. */
  readonly id: string
  readonly model_id: string
  /** The model on which the examples were crafted; equal to `model_id` for a white-box attack. */
  readonly crafted_on: string
  /** `none` for the clean evaluation, else the attack's name, e.g. `fgsm`, `pgd`. */
  readonly attack: string
  /**
   * How the change is measured: `linf`, `l2` or `l1` of pixels, of word vectors or of nodes' features;
   * `words` for words of a text that are replaced; `edges` or `entries` for what is changed in a graph;
   * `changes` for both.
   */
  readonly norm: string
  /**
   * Largest change, in the units of the norm: a radius for linf, l2 and l1 (pixels from 0 to 1), the
   * share of a text's words, the share of a graph's edges or entries, a multiple of a node's degree
   * for changes.
   */
  readonly epsilon: number
  /** JSON: the attack with all its hyper-parameters. */
  readonly attack_config: string
  readonly seed: number
  /** Number of test examples. */
  readonly n: number
  /** How many are classified correctly without attack. */
  readonly clean_correct: number
  /** How many are still classified correctly under attack. */
  readonly robust_correct: number
  /** robust_correct / n. */
  readonly robust_accuracy: number
  /** Wilson 95 % interval of robust_accuracy. */
  readonly robust_accuracy_low: number
  readonly robust_accuracy_high: number
  /** Mean model calls (forward, or forward and backward) an example while crafting. */
  readonly queries_mean: number
  readonly seconds: number
  readonly environment_id: string
  readonly created_at: string
  /**
   * JSON: how the model answered where it was not the plain pass without noise: the noise it kept
   * at inference and the number of draws it was judged over; null for the plain pass.
   */
  readonly inference: string | null
  /** Whether the trained model met the change (`evasion`), or was trained on it (`poisoning`). */
  readonly setting: Generated<'evasion' | 'poisoning'>
  /** `check`: made for the robustness checks alone; views that compare models leave it out. */
  readonly purpose: Generated<'comparison' | 'check'>
}

/** One test example within one evaluation. */
export interface ExampleTable {
  readonly evaluation_id: string
  /** Index in the test split. */
  readonly example: number
  readonly label: number
  readonly clean_prediction: number
  readonly adversarial_prediction: number
  /** 1 if the clean example is classified correctly and the adversarial one is not. */
  readonly success: number
  /** Largest absolute change of a pixel; null for what is no image, as l2 and l1. */
  readonly linf: number | null
  /** Euclidean norm of the change. */
  readonly l2: number | null
  readonly queries: number
  /** Sum of the absolute changes; null in rows of earlier versions. */
  readonly l1: number | null
  /** The part of a composed attack that broke the example; null otherwise. */
  readonly component: string | null
  /** Words of the text; null for what is no text, as the next. */
  readonly words: number | null
  /** Words that are another one now, or whose vector was moved. */
  readonly changed_words: number | null
  /** Pairs of nodes that were joined or parted; null for what is no graph, as the next. */
  readonly changed_edges: number | null
  /** Entries of the nodes' features that are another value. */
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
  /** The id of its job: one job measures all corruptions of a model. */
  readonly id: string
  readonly model_id: string
  /** e.g. `gaussian-noise`, `fog`. */
  readonly corruption: string
  /** From 1, barely visible, to 5. */
  readonly severity: number
  readonly seed: number
  readonly n: number
  /** How many are classified correctly as they are. */
  readonly clean_correct: number
  /** How many are classified correctly when they are corrupted. */
  readonly correct: number
  /** correct / n. */
  readonly accuracy: number
  /** Wilson 95 % interval of accuracy. */
  readonly accuracy_low: number
  readonly accuracy_high: number
  readonly environment_id: string
  readonly created_at: string
}

/** Randomized smoothing of one model (Cohen et al., 2019): how its certificates were made. */
export interface CertificationTable {
  /** The id of its job. */
  readonly id: string
  readonly model_id: string
  /** Standard deviation of the noise on the image, in units of the pixel range [0, 1]. */
  readonly sigma: number
  /** Noisy copies that chose the class. */
  readonly selection: number
  /** Noisy copies that bounded its probability. */
  readonly estimation: number
  /** Probability with which a certificate may be wrong. */
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
  /** Index in the test split. */
  readonly example: number
  readonly label: number
  /** Null where it abstains. */
  readonly prediction: number | null
  /** L2 radius within which the prediction stays, in units of the pixel range; 0 where it abstains. */
  readonly radius: number
  /** Lower confidence bound of the probability of the class. */
  readonly lower: number
}

/** Whether the robustness that was measured of one model is real, see docs/checks.md. */
export interface RobustnessVerdictTable {
  /** The id of its job. */
  readonly id: string
  readonly model_id: string
  readonly norm: string
  readonly epsilon: number
  /** Test examples that the checks looked at. */
  readonly n: number
  readonly seed: number
  /** JSON: how much was measured. */
  readonly settings_config: string
  readonly verdict: 'real' | 'masked' | 'undecided'
  /** JSON: list of sentences. */
  readonly reasons: string
  readonly seconds: number
  readonly environment_id: string
  readonly created_at: string
}

/** One finding of one robustness check. */
export interface RobustnessCheckTable {
  readonly verdict_id: string
  /** Order of the findings, from 0. */
  readonly position: number
  /** The check's number in docs/checks.md. */
  readonly number: number
  /** The check's name, its anchor in docs/checks.md. */
  readonly name: string
  /** What of it, where a check has several parts. */
  readonly part: string | null
  /** `masking` and `validity` decide the verdict, `report` is told beside it. */
  readonly meaning: 'masking' | 'validity' | 'report'
  readonly verdict: 'passed' | 'failed' | 'not applicable' | 'not measured'
  /** What was measured; null where nothing was. */
  readonly value: number | null
  /** What it is compared with. */
  readonly threshold: number | null
  readonly detail: string
  /** JSON: ids of the evaluations it used. */
  readonly evaluations: string
}

/** Size of an example's gradient for the pre-activation of a recurrent site, at one step. */
export interface StepGradientTable {
  readonly probe_id: string
  readonly site: string
  /** From 0. */
  readonly step: number
  /** Root mean square over the examples of the Euclidean norm, by backpropagation. */
  readonly backprop_norm: number
  /** The same of one likelihood-ratio estimate, its noise included. */
  readonly estimate_norm: number
  /** The same of what independent estimates have in common; null where it is below their noise. */
  readonly signal_norm: number | null
}

/** Gradient statistics of one parameter site of one model. */
export interface GradientProbeTable {
  /** The id of its job: one job measures all sites of a model. */
  readonly id: string
  readonly site: string
  readonly model_id: string
  /** Place of the site in the network, from 0. */
  readonly site_index: number
  /** e.g. `dense`, `convolution`, `recurrent`: see `Site` of the networks. */
  readonly site_kind: string
  /** Name of the estimator: an arm, e.g. `lr-logit`. */
  readonly estimator: string
  readonly copies: number
  readonly sigma: number
  /** Independent estimates on the same batch. */
  readonly repeats: number
  /** Examples in the batch. */
  readonly batch: number
  /** Number of parameters of the site. */
  readonly parameters: number
  /** Euclidean norm of the backprop gradient of the same batch. */
  readonly reference_norm: number
  /** Sum over parameters of the variance of the estimate over the repeats. */
  readonly variance: number
  /** variance / reference_norm²; null where the reference is zero. */
  readonly relative_variance: number | null
  /** Mean cosine between an estimate and the backprop gradient; null where one of them is zero. */
  readonly cosine_mean: number | null
  /** Standard deviation of that cosine over the repeats. */
  readonly cosine_sd: number | null
  /** Cosine between the mean of all estimates and the backprop gradient. */
  readonly cosine_of_mean: number | null
  /** Time for one estimate of this site; of all sites for arms that perturb them together. */
  readonly milliseconds: number
  readonly environment_id: string
  /** JSON: the estimator with all its options; null where it was measured before that was kept. */
  readonly estimator_config: string | null
  /** Number of sites of the network. */
  readonly depth: number | null
  /**
   * The architecture's own width where it has one (resnet: channels of its first third), else the
   * largest number of units of a site before the last: neurons of a dense layer, channels of a
   * convolution; null where there is none.
   */
  readonly width: number | null
  /** Passes forward over the batch for one estimate; one of a copy counts as one. */
  readonly forwards: number | null
  /** relative_variance × milliseconds, in milliseconds: time for a relative variance of one. */
  readonly variance_time: number | null
  /**
   * ‖E estimate − g‖ / ‖g‖ for the backprop gradient g, the sampling error of the mean removed and
   * the rest cut at 0.
   */
  readonly bias_clean: number | null
  /** Smallest bias_clean that the repeats can tell from none. */
  readonly bias_clean_resolution: number | null
  /** Noisy copies behind the smoothed gradient; null where it was not asked for, as what follows. */
  readonly reference_copies: number | null
  /** Euclidean norm of the gradient of the smoothed objective, which the estimator estimates. */
  readonly smoothed_norm: number | null
  /** Mean cosine between an estimate and the smoothed gradient; null where one of them is zero. */
  readonly cosine_smoothed: number | null
  /** As bias_clean, for the smoothed gradient; the sampling error of both is removed. */
  readonly bias_smoothed: number | null
  readonly bias_smoothed_resolution: number | null
}

/** What is measured: of one model, or of all seeds of it. */
interface SubjectColumns {
  /**
   * `clean` and `robust` accuracy, `worst` for the worst case over the white-box attacks, `cosine` and
   * `variance` of a gradient estimate (relative), `seconds` of training; `state` of a model.
   */
  readonly metric: 'clean' | 'robust' | 'worst' | 'cosine' | 'variance' | 'seconds' | 'state'
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
  /** Shares and cosines, means over seeds; geometric means of variances; seconds. */
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
