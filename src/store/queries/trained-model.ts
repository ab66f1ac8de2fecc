import type { Kysely } from 'kysely'
import type { Schema } from '../schema.ts'
import type { ModelTable } from '../tables/training.ts'
import type { JobKind } from '../tables/work.ts'

/** A training run, an import or an ensemble: what was asked for, and what came of it. */
export interface TrainedModel {
  readonly id: string
  /** Of the job that made it: `train`, `import` or `ensemble`. */
  readonly kind: JobKind
  /** JSON of that job. */
  readonly config: string
  readonly state: ModelTable['state']
  readonly weightsSha256: string | null
  readonly cleanAccuracy: number | null
  readonly engine: string
}

/** Training runs whose id begins with these characters, at most two: one, none or ambiguous. */
export async function trainedModels(
  store: Kysely<Schema>,
  idPrefix: string,
): Promise<TrainedModel[]> {
  return await store
    .selectFrom('model')
    .innerJoin('job', 'job.id', 'model.id')
    .innerJoin('environment', 'environment.id', 'model.environment_id')
    .select([
      'model.id',
      'job.kind',
      'job.config',
      'model.state',
      'model.weights_sha256 as weightsSha256',
      'model.clean_accuracy as cleanAccuracy',
      'environment.engine',
    ])
    .where(({ eb, fn, val }) =>
      eb(fn('substr', ['model.id', val(1), val(idPrefix.length)]), '=', idPrefix),
    )
    .limit(2)
    .execute()
}
