/** Results of two machines that have done parts of one plan, small enough to say what is in them. */
import { createHash } from 'node:crypto'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { ExecutionContext } from 'ava'
import { type Kysely, sql } from 'kysely'
import { resultsFolder } from '../../../src/runner/results-folder.ts'
import { schemaObjects } from '../../../src/store/expected-schema.ts'
import {
  saveDataset,
  saveEnvironment,
  saveEvaluation,
  saveModel,
  saveProbe,
} from '../../../src/store/results.ts'
import type { Schema } from '../../../src/store/schema.ts'
import { openStore, type Store } from '../../../src/store/store.ts'
import type { JobTable } from '../../../src/store/tables/work.ts'
import { newFolder } from '../../folder.ts'
import { dataset, environment } from '../../server/fixture.ts'
import { newEvaluation, newExamples, newModel } from '../../store/fixtures/hand-made.ts'

export const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')

/** A results folder of the test's own; gone when the test ends. */
export async function machine(t: ExecutionContext): Promise<{ folder: string; store: Store }> {
  const folder = await newFolder('db')
  t.teardown(() => rm(folder, { recursive: true, force: true }))
  const store = await openStore(resultsFolder(folder).database)
  t.teardown(() => store.destroy())
  await saveDataset(store, dataset('glyphs', 100, 5, 10))
  return { folder, store }
}

/** How one machine made a result: which it is, and how long it took. */
export interface Made {
  readonly host: string
  readonly seconds: number
}

/** Stores a trained model that is done, with its checkpoint. */
export async function trained(
  folder: string,
  store: Store,
  id: string,
  { host, seconds }: Made,
  weights = `weights of ${id}`,
): Promise<void> {
  await saveEnvironment(store, { ...environment, id: host, device: host })
  const checkpoint = `${weights}, made on ${host}`
  await put(resultsFolder(folder).checkpoint(id), checkpoint)
  await job(store, id, 'done')
  await saveModel(
    store,
    {
      ...newModel('bp'),
      ...{ id, dataset_id: 'dataset-glyphs', environment_id: host, seconds },
      ...{ checkpoint_sha256: sha256(checkpoint), weights_sha256: sha256(weights) },
    },
    [{ updates: 20, epoch: 1, forwards: 40, seconds, learning_rate: 0.1 }],
  )
  await saveProbe(store, [probe(`probe ${id}`, id, host, seconds)])
}

/** Stores an attack that is done, with its adversarial examples; R: right, a: broken, w: wrong. */
export async function attacked(
  folder: string,
  store: Store,
  id: string,
  model: string,
  { host, seconds }: Made,
  outcomes = 'RRaaw',
): Promise<void> {
  const digits = (right: string) =>
    Array.from(outcomes, letter => (right.includes(letter) ? '1' : '0')).join('')
  await put(resultsFolder(folder).examples(id), `examples of ${id}`)
  await job(store, id, 'done', { kind: 'attack', config: '{"craftedBy":null}' })
  await saveEvaluation(
    store,
    newEvaluation(digits('Ra'), digits('R'), {
      ...{ id, model_id: model, environment_id: host, seconds },
    }),
    newExamples(digits('Ra'), digits('R')),
  )
}

/** Stores a job in a state. */
export async function job(
  store: Kysely<Schema>,
  id: string,
  state: JobTable['state'],
  more: Partial<JobTable> = {},
): Promise<void> {
  const held = state === 'running' ? { worker: 'w', lease_until: Date.now() + 60_000 } : {}
  const done = state === 'done' ? { seconds: 1, ended_at: '2026-01-02T04:00:00.000Z' } : {}
  await store
    .insertInto('job')
    .values({
      ...{ id, kind: 'train', config: '{}', title: `train ${id}`, state, cost: 1, attempts: 1 },
      ...{ ...held, ...done, error: state === 'failed' ? 'no luck' : null, ...more },
    })
    .execute()
}

function probe(id: string, model_id: string, environment_id: string, milliseconds: number) {
  return {
    ...{ id, model_id, environment_id, milliseconds, site: 'dense1', site_index: 0 },
    ...{ site_kind: 'dense', estimator: 'lr-logit', copies: 2, sigma: 0.1, repeats: 4, batch: 5 },
    ...{ parameters: 10, reference_norm: 1, variance: 2 },
  }
}

export async function put(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true })
  await writeFile(file, text)
}

/** Every row of every table, to tell whether anything was changed. */
export async function allRows(store: Store): Promise<Record<string, unknown[]>> {
  const tables = (await schemaObjects(store)).filter(({ type }) => type === 'table')
  const rows: Record<string, unknown[]> = {}
  for (const { name } of tables) {
    const found = await sql<object>`select * from ${sql.id(name)}`.execute(store)
    rows[name] = found.rows.map(row => JSON.stringify(row)).sort()
  }
  return rows
}
