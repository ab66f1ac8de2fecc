import type { Kysely } from 'kysely'
import type { Schema } from '../schema.ts'

/** Rows of one model, or of one job. */
export type Subject = { readonly model: string } | { readonly job: string }

/** Every kind and severity of corruption that was measured: job by job, kind by kind. */
export function corruptionAccuracies(store: Kysely<Schema>, subject: Subject) {
  return store
    .selectFrom('v_corruption_accuracy')
    .where(({ eb }) =>
      'model' in subject ? eb('model_id', '=', subject.model) : eb('job_id', '=', subject.job),
    )
    .orderBy('job_id')
    .orderBy('corruption')
    .orderBy('severity')
    .selectAll()
    .execute()
}

/** What was certified: certification by certification, from radius 0. */
export function certifiedAccuracies(store: Kysely<Schema>, subject: Subject) {
  return store
    .selectFrom('v_certified_accuracy')
    .where(({ eb }) =>
      'model' in subject
        ? eb('model_id', '=', subject.model)
        : eb('certification_id', '=', subject.job),
    )
    .orderBy('sigma')
    .orderBy('certification_id')
    .orderBy('radius')
    .selectAll()
    .execute()
}

/** The images that a model was trained on; `shape` has three lengths where they are images. */
export function testImages(store: Kysely<Schema>, model: string) {
  return store
    .selectFrom('model')
    .innerJoin('dataset', 'dataset.id', 'model.dataset_id')
    .select(['dataset.name', 'dataset.shape', 'dataset.test_count as test'])
    .where('model.id', '=', model)
    .executeTakeFirstOrThrow()
}
