import type { Kysely } from 'kysely'
import type { Schema } from '../schema.ts'

/** One evaluation that an execution of a plan asked for. */
export interface NightlyResult {
  readonly dataset: string
  readonly architecture: string
  readonly arm: string
  readonly seed: number
  /** The options of the architecture, the arm and the training, canonical JSON. */
  readonly architectureConfig: string
  readonly estimatorConfig: string
  readonly trainingConfig: string
  readonly modelId: string
  readonly attack: string
  readonly norm: string
  readonly epsilon: number
  readonly setting: string
  readonly n: number
  readonly robustCorrect: number
  readonly low: number
  readonly high: number
  /** Null for a white-box attack and the clean evaluation. */
  readonly craftedOnArm: string | null
  readonly craftedOnArchitecture: string | null
  readonly craftedOnSeed: number | null
}

/** All evaluations of an execution's models as they are, in the order of its plan. */
export async function nightlyResults(
  store: Kysely<Schema>,
  nightlyId: string,
): Promise<NightlyResult[]> {
  const rows = await store
    .selectFrom('nightly_job')
    .innerJoin('evaluation', 'evaluation.id', 'nightly_job.job_id')
    .innerJoin('model', 'model.id', 'evaluation.model_id')
    .innerJoin('model as source', 'source.id', 'evaluation.crafted_on')
    .innerJoin('dataset', 'dataset.id', 'model.dataset_id')
    .select([
      'dataset.name as dataset',
      'model.architecture',
      'model.arm',
      'model.seed',
      'model.architecture_config as architectureConfig',
      'model.estimator_config as estimatorConfig',
      'model.training_config as trainingConfig',
      'model.id as modelId',
      'evaluation.attack',
      'evaluation.norm',
      'evaluation.epsilon',
      'evaluation.setting',
      'evaluation.n',
      'evaluation.robust_correct as robustCorrect',
      'evaluation.robust_accuracy_low as low',
      'evaluation.robust_accuracy_high as high',
      'source.id as sourceId',
      'source.arm as sourceArm',
      'source.architecture as sourceArchitecture',
      'source.seed as sourceSeed',
    ])
    .where('nightly_job.nightly_id', '=', nightlyId)
    .where('evaluation.inference', 'is', null)
    .where('model.arm', '!=', 'ensemble')
    .where('evaluation.purpose', '=', 'comparison')
    .orderBy('nightly_job.position')
    .execute()
  return rows.map(({ sourceId, sourceArm, sourceArchitecture, sourceSeed, ...row }) => {
    const transfer = sourceId !== row.modelId
    return {
      ...row,
      craftedOnArm: transfer ? sourceArm : null,
      craftedOnArchitecture: transfer ? sourceArchitecture : null,
      craftedOnSeed: transfer ? sourceSeed : null,
    }
  })
}

/** Titles of an execution's training runs that diverged. */
export async function divergedModels(store: Kysely<Schema>, nightlyId: string): Promise<string[]> {
  const rows = await store
    .selectFrom('nightly_job')
    .innerJoin('job', 'job.id', 'nightly_job.job_id')
    .innerJoin('model', 'model.id', 'job.id')
    .select('job.title')
    .where('nightly_job.nightly_id', '=', nightlyId)
    .where('model.state', '=', 'diverged')
    .execute()
  return rows.map(row => row.title)
}

/** Title and error of an execution's failed jobs, in the order of its plan. */
export async function failedJobs(
  store: Kysely<Schema>,
  nightlyId: string,
): Promise<{ readonly title: string; readonly error: string | null }[]> {
  return await store
    .selectFrom('nightly_job')
    .innerJoin('job', 'job.id', 'nightly_job.job_id')
    .select(['job.title', 'job.error'])
    .where('nightly_job.nightly_id', '=', nightlyId)
    .where('job.state', '=', 'failed')
    .orderBy('nightly_job.position')
    .execute()
}
