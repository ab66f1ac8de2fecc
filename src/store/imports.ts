import type { Kysely } from 'kysely'
import { atomically } from './atomically.ts'
import { canonicalJson } from './canonical-json.ts'
import { saveModel } from './results.ts'
import type { Schema } from './schema.ts'
import type { ModelTable } from './tables/training.ts'

/** A model of other origin to store. */
export interface NewImport
  extends Pick<
    ModelTable,
    | 'id'
    | 'dataset_id'
    | 'architecture'
    | 'architecture_config'
    | 'parameters'
    | 'clean_accuracy'
    | 'environment_id'
  > {
  /** JSON: what was asked for. */
  readonly config: string
  /** Of the model's files; null behind an address. */
  readonly sha256: string | null
}

/** Stores a model of other origin and the job that brought it, or brings both up to date. */
export async function saveImport(
  store: Kysely<Schema>,
  { config, sha256, ...model }: NewImport,
): Promise<void> {
  const now = new Date().toISOString()
  await atomically(store, async transaction => {
    await transaction
      .insertInto('job')
      .values({
        id: model.id,
        kind: 'import',
        config,
        title: `import ${model.architecture}`,
        state: 'done',
        cost: 0,
        attempts: 1,
        started_at: now,
        ended_at: now,
        seconds: 0,
      })
      .onConflict(conflict => conflict.column('id').doNothing())
      .execute()
    const row = {
      ...model,
      arm: 'imported',
      estimator_config: canonicalJson({ name: 'imported' }),
      training_config: canonicalJson({}),
      seed: 0,
      pair_id: model.id,
      state: 'trained',
      updates: 0,
      forwards: 0,
      seconds: 0,
      checkpoint_sha256: sha256,
      weights_sha256: sha256,
      created_at: now,
    } as const
    await saveModel(transaction, row, [])
  })
}
