import type { Schema } from './schema.ts'
import * as evaluations from './tables/evaluations.ts'
import * as evidence from './tables/evidence.ts'
import * as history from './tables/nightly.ts'
import type { TableDescription } from './tables/table.ts'
import * as training from './tables/training.ts'
import * as work from './tables/work.ts'

type Name = Exclude<keyof Schema, `v_${string}`>

/** What the tables hold, by name; the views for people are described in views.ts. */
export const tables: Readonly<Record<Name, TableDescription<object>>> = Object.freeze({
  dataset: work.datasetTable,
  model: training.modelTable,
  learning_curve: training.learningCurveTable,
  evaluation: evaluations.evaluationTable,
  example: evaluations.exampleTable,
  evaluation_outcome: evidence.evaluationOutcomeTable,
  attack_convergence: evidence.attackConvergenceTable,
  robustness_verdict: evidence.robustnessVerdictTable,
  robustness_check: evidence.robustnessCheckTable,
  corruption_accuracy: evidence.corruptionAccuracyTable,
  certification: evidence.certificationTable,
  certificate: evidence.certificateTable,
  gradient_probe: training.gradientProbeTable,
  step_gradient: training.stepGradientTable,
  environment: work.environmentTable,
  nightly: work.nightlyTable,
  nightly_measure: history.nightlyMeasureTable,
  nightly_comparison: history.nightlyComparisonTable,
  nightly_change: history.nightlyChangeTable,
  nightly_job: work.nightlyJobTable,
  job: work.jobTable,
  job_dependency: work.jobDependencyTable,
})
