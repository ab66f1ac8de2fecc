import type { EvaluationTable, ExampleTable } from './tables/evaluations.ts'
import type {
  AttackConvergenceTable,
  CertificateTable,
  CertificationTable,
  CorruptionAccuracyTable,
  EvaluationOutcomeTable,
  RobustnessCheckTable,
  RobustnessVerdictTable,
} from './tables/evidence.ts'
import type {
  NightlyChangeTable,
  NightlyComparisonTable,
  NightlyMeasureTable,
} from './tables/nightly.ts'
import type {
  GradientProbeTable,
  LearningCurveTable,
  ModelTable,
  StepGradientTable,
} from './tables/training.ts'
import type {
  DatasetTable,
  EnvironmentTable,
  JobDependencyTable,
  JobTable,
  NightlyJobTable,
  NightlyTable,
} from './tables/work.ts'
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
