import { type Kysely, sql } from 'kysely'
import type { Schema } from '../schema.ts'

/** A model of which a file is kept. */
export interface KeptModel {
  readonly id: string
  /** `tfjs`: a folder with `model.json`; else one checkpoint. */
  readonly format: 'checkpoint' | 'tfjs'
  /** SHA-256 of the checkpoint's bytes, or of the folder's files in their order; null: not known. */
  readonly sha256: string | null
}

/** Models whose weights lie in the results folder: neither black boxes, ensembles nor diverged. */
export async function keptModels(store: Kysely<Schema>): Promise<KeptModel[]> {
  const { rows } = await sql<KeptModel>`
    select model.id, coalesce(json_extract(job.config, '$.source.format'), 'checkpoint') as format,
      case when json_extract(job.config, '$.source.format') = 'checkpoint' then null
        else model.checkpoint_sha256 end as sha256
    from model
    left join job on job.id = model.id and job.kind = 'import'
    where model.checkpoint_sha256 is not null and model.arm <> 'ensemble'
    order by model.id`.execute(store)
  return rows
}

/**
 * Evaluations whose adversarial examples lie in the results folder: those that crafted them, other
 * than by moving word vectors, which are not kept.
 */
export async function keptExamples(store: Kysely<Schema>): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select evaluation.id from evaluation
    join job on job.id = evaluation.id and job.kind = 'attack'
    where evaluation.attack <> 'none' and evaluation.attack not like 'embedding-%'
      and json_extract(job.config, '$.craftedBy') is null
    order by evaluation.id`.execute(store)
  return rows.map(row => row.id)
}

/** SHA-256 of each attack of a user's that was run. */
export async function keptAttacks(store: Kysely<Schema>): Promise<string[]> {
  const { rows } = await sql<{ sha256: string }>`
    select distinct json_extract(config, '$.attack.sha256') as sha256 from job
    where kind = 'attack' and sha256 is not null order by sha256`.execute(store)
  return rows.map(row => row.sha256)
}

/** Jobs that are not done: what they have written so far is nobody's orphan. */
export async function unfinishedJobs(store: Kysely<Schema>): Promise<string[]> {
  const rows = await store.selectFrom('job').select('id').where('state', '<>', 'done').execute()
  return rows.map(row => row.id)
}
