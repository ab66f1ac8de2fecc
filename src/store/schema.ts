import type { Generated } from 'kysely'
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
  readonly job: JobTable
  readonly job_dependency: JobDependencyTable
  readonly dataset: DatasetTable
  readonly model: ModelTable
  readonly learning_curve: LearningCurveTable
  readonly evaluation: EvaluationTable
  readonly example: ExampleTable
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
