import type { Insertable, Kysely } from 'kysely'
import { wilson } from '../statistics/wilson.ts'
import { atomically } from './atomically.ts'
import { encodeOutcomes, outcomesOf } from './outcome-codes.ts'
import type { Schema } from './schema.ts'
import type { EvaluationTable, ExampleTable } from './tables/evaluations.ts'
import type {
  AttackConvergenceTable,
  CertificateTable,
  CertificationTable,
  CorruptionAccuracyTable,
  RobustnessCheckTable,
  RobustnessVerdictTable,
} from './tables/evidence.ts'
import type {
  GradientProbeTable,
  LearningCurveTable,
  ModelTable,
  StepGradientTable,
} from './tables/training.ts'
import type { DatasetTable, EnvironmentTable, NightlyTable } from './tables/work.ts'

/**
 * Writes results. Every function takes the store or a transaction, does all or nothing, and
 * replaces what is there under the same id, so a job that is done again leaves no duplicates.
 */

export type NewEnvironment = Insertable<EnvironmentTable>
export type NewDataset = Insertable<DatasetTable>
export type NewModel = Insertable<ModelTable>
/** A point of a learning curve; the model is named beside it. */
export type NewCurvePoint = Omit<Insertable<LearningCurveTable>, 'model_id'>
/** An evaluation; the accuracy and its interval follow from the counts. */
export type NewEvaluation = Omit<
  Insertable<EvaluationTable>,
  'robust_accuracy' | 'robust_accuracy_low' | 'robust_accuracy_high'
>
/** One example of an evaluation; the evaluation is named beside it. */
export type NewExample = Omit<Insertable<ExampleTable>, 'evaluation_id'>
/** One point of an attack's convergence; the evaluation is named beside it. */
export type NewConvergencePoint = Omit<Insertable<AttackConvergenceTable>, 'evaluation_id'>
/** One site of a probe. */
export type NewProbeRow = Insertable<GradientProbeTable>
/** One step of a recurrent site of a probe. */
export type NewStepRow = Insertable<StepGradientTable>
/** One corruption at one severity; the accuracy and its interval follow from the counts. */
export type NewCorruptionAccuracy = Omit<
  Insertable<CorruptionAccuracyTable>,
  'accuracy' | 'accuracy_low' | 'accuracy_high'
>
export type NewCertification = Insertable<CertificationTable>
/** One example's certificate; the certification is named beside it. */
export type NewCertificate = Omit<Insertable<CertificateTable>, 'certification_id'>
export type NewVerdict = Insertable<RobustnessVerdictTable>
/** One finding; the verdict is named beside it, its position is its place in the list. */
export type NewFinding = Omit<Insertable<RobustnessCheckTable>, 'verdict_id' | 'position'>
/** What starts: its state is `running`; `enqueue` counts what is reused. */
export type NewNightly = Pick<NightlyTable, 'id' | 'plan' | 'plan_config' | 'started_at'>

/** Rows in one statement: of ours, none has more than 31 columns, and SQLite binds 32766 values. */
const chunkRows = 500

/** Stores where numbers were made. */
export async function saveEnvironment(
  store: Kysely<Schema>,
  environment: NewEnvironment,
): Promise<void> {
  await store
    .insertInto('environment')
    .values(environment)
    .onConflict(conflict => conflict.column('id').doUpdateSet(environment))
    .execute()
}

/** Stores what was trained and tested on. */
export async function saveDataset(store: Kysely<Schema>, dataset: NewDataset): Promise<void> {
  await store
    .insertInto('dataset')
    .values(dataset)
    .onConflict(conflict => conflict.column('id').doUpdateSet(dataset))
    .execute()
}

/** Stores a training run and its learning curve; the model's evaluations are kept. */
export async function saveModel(
  store: Kysely<Schema>,
  model: NewModel,
  curve: readonly NewCurvePoint[],
): Promise<void> {
  await atomically(store, async transaction => {
    await transaction
      .insertInto('model')
      .values(model)
      .onConflict(conflict => conflict.column('id').doUpdateSet(model))
      .execute()
    await transaction.deleteFrom('learning_curve').where('model_id', '=', model.id).execute()
    for (const points of chunks(curve)) {
      const rows = points.map(point => ({ ...point, model_id: model.id }))
      await transaction.insertInto('learning_curve').values(rows).execute()
    }
  })
}

/**
 * Stores an evaluation with its examples and how the attack converged, adding the accuracy, its
 * Wilson 95 % interval, and what was decided as one text.
 *
 * @throws Error if there are examples and they do not give the counts of the evaluation
 */
export async function saveEvaluation(
  store: Kysely<Schema>,
  evaluation: NewEvaluation,
  examples: readonly NewExample[],
  convergence: readonly NewConvergencePoint[] = [],
): Promise<void> {
  if (examples.length > 0) requireAgreement(evaluation, examples)
  const { low, high } = wilson(evaluation.robust_correct, evaluation.n)
  await atomically(store, async transaction => {
    await transaction.deleteFrom('evaluation').where('id', '=', evaluation.id).execute()
    await transaction
      .insertInto('evaluation')
      .values({
        ...evaluation,
        robust_accuracy: evaluation.robust_correct / evaluation.n,
        robust_accuracy_low: low,
        robust_accuracy_high: high,
      })
      .execute()
    for (const some of chunks(examples)) {
      const rows = some.map(example => ({ ...example, evaluation_id: evaluation.id }))
      await transaction.insertInto('example').values(rows).execute()
    }
    if (examples.length > 0) {
      const codes = encodeOutcomes(outcomesOf(examples))
      await transaction
        .insertInto('evaluation_outcome')
        .values({ evaluation_id: evaluation.id, codes })
        .execute()
    }
    for (const some of chunks(convergence)) {
      const rows = some.map(point => ({ ...point, evaluation_id: evaluation.id }))
      await transaction.insertInto('attack_convergence').values(rows).execute()
    }
  })
}

/**
 * Stores a probe: one row a site, all of one id, and what it found at every step of recurrent
 * sites.
 */
export async function saveProbe(
  store: Kysely<Schema>,
  rows: readonly NewProbeRow[],
  steps: readonly NewStepRow[] = [],
): Promise<void> {
  const ids = [...new Set(rows.map(row => row.id))]
  if (ids.length === 0) return
  await atomically(store, async transaction => {
    await transaction.deleteFrom('gradient_probe').where('id', 'in', ids).execute()
    for (const some of chunks(rows)) {
      await transaction.insertInto('gradient_probe').values(some).execute()
    }
    for (const some of chunks(steps)) {
      await transaction.insertInto('step_gradient').values(some).execute()
    }
  })
}

/** Stores how a model classifies corrupted images: one row a corruption and severity, all of one id. */
export async function saveCorruptions(
  store: Kysely<Schema>,
  rows: readonly NewCorruptionAccuracy[],
): Promise<void> {
  const ids = [...new Set(rows.map(row => row.id))]
  if (ids.length === 0) return
  await atomically(store, async transaction => {
    await transaction.deleteFrom('corruption_accuracy').where('id', 'in', ids).execute()
    for (const some of chunks(rows)) {
      const values = some.map(row => {
        const { low, high } = wilson(row.correct, row.n)
        return { ...row, accuracy: row.correct / row.n, accuracy_low: low, accuracy_high: high }
      })
      await transaction.insertInto('corruption_accuracy').values(values).execute()
    }
  })
}

/** Stores the certificates of a model's smoothed classifier. */
export async function saveCertification(
  store: Kysely<Schema>,
  certification: NewCertification,
  certificates: readonly NewCertificate[],
): Promise<void> {
  const { id } = certification
  await atomically(store, async transaction => {
    await transaction.deleteFrom('certification').where('id', '=', id).execute()
    await transaction.insertInto('certification').values(certification).execute()
    for (const some of chunks(certificates)) {
      const rows = some.map(certificate => ({ ...certificate, certification_id: id }))
      await transaction.insertInto('certificate').values(rows).execute()
    }
  })
}

/** Stores whether a model's robustness is real, with every finding. */
export async function saveVerdict(
  store: Kysely<Schema>,
  verdict: NewVerdict,
  findings: readonly NewFinding[],
): Promise<void> {
  const { id } = verdict
  await atomically(store, async transaction => {
    await transaction.deleteFrom('robustness_verdict').where('id', '=', id).execute()
    await transaction.insertInto('robustness_verdict').values(verdict).execute()
    for (const some of chunks(findings.map((finding, position) => ({ ...finding, position })))) {
      const rows = some.map(finding => ({ ...finding, verdict_id: id }))
      await transaction.insertInto('robustness_check').values(rows).execute()
    }
  })
}

/** Stores that an execution of a plan starts; one that was interrupted may start again. */
export async function startNightly(store: Kysely<Schema>, nightly: NewNightly): Promise<void> {
  await store
    .insertInto('nightly')
    .values({ ...nightly, state: 'running', jobs_reused: 0 })
    .onConflict(conflict => conflict.column('id').doUpdateSet({ state: 'running', ended_at: null }))
    .execute()
}

/**
 * Stores that an execution has ended.
 *
 * @throws Error if there is no such execution
 */
export async function endNightly(
  store: Kysely<Schema>,
  id: string,
  state: Exclude<NightlyTable['state'], 'running'>,
  endedAt = new Date().toISOString(),
): Promise<void> {
  const { numUpdatedRows } = await store
    .updateTable('nightly')
    .set({ state, ended_at: endedAt })
    .where('id', '=', id)
    .executeTakeFirstOrThrow()
  if (numUpdatedRows !== 1n) throw new Error(`unknown nightly: ${id}`)
}

function requireAgreement(evaluation: NewEvaluation, examples: readonly NewExample[]): void {
  const clean = examples.filter(example => example.clean_prediction === example.label)
  const robust = clean.filter(example => example.adversarial_prediction === example.label)
  const found = [examples.length, clean.length, robust.length].join(', ')
  const said = [evaluation.n, evaluation.clean_correct, evaluation.robust_correct].join(', ')
  if (found !== said) {
    throw new Error(
      `invalid evaluation: ${evaluation.id} says n, clean_correct, robust_correct = ${said}; ` +
        `its examples give ${found}`,
    )
  }
}

function* chunks<Row>(rows: readonly Row[]): Generator<Row[]> {
  for (let first = 0; first < rows.length; first += chunkRows) {
    yield rows.slice(first, first + chunkRows)
  }
}
