import { expressionBuilder, type RawBuilder, sql } from 'kysely'
import type { Schema } from '../schema.ts'
import type { Store } from '../store.ts'
import { isOnPage, type KeyedPage } from './by-key.ts'

/** Columns by which runs can be ordered. A diverged run has no accuracy and comes below all. */
const columns = {
  created: sql`model.created_at`,
  dataset: sql`dataset.name`,
  architecture: sql`model.architecture`,
  arm: sql`model.arm`,
  seed: sql`model.seed`,
  accuracy: sql`coalesce(model.clean_accuracy, -1)`,
  updates: sql`model.updates`,
  forwards: sql`model.forwards`,
  seconds: sql`model.seconds`,
} satisfies Record<string, RawBuilder<unknown>>

/** What `runs` and `countRuns` may leave out. */
export interface RunFilter {
  readonly dataset?: string | undefined
  readonly architecture?: string | undefined
  readonly arm?: string | undefined
  readonly state?: 'trained' | 'diverged' | undefined
}

/** A page of runs by key. */
export function runs(store: Store, filter: RunFilter, page: KeyedPage<keyof typeof columns>) {
  const column: RawBuilder<string | number> = columns[page.sort].$castTo()
  return selectRuns(store)
    .select(column.as('sort_value'))
    .where(only(filter))
    .where(isOnPage(page, column, sql.ref('model.id')))
    .orderBy(column, page.order)
    .orderBy('model.id', page.order)
    .limit(page.limit)
    .execute()
}

/** One run as the list shows it. */
export function listedRun(store: Store, id: string) {
  return selectRuns(store).where('model.id', '=', id).executeTakeFirstOrThrow()
}

/** How many runs pass a filter. */
export async function countRuns(store: Store, filter: RunFilter): Promise<number> {
  const row = await store
    .selectFrom('model')
    .innerJoin('dataset', 'dataset.id', 'model.dataset_id')
    .where(only(filter))
    .select(({ fn }) => fn.countAll<number>().as('runs'))
    .executeTakeFirstOrThrow()
  return row.runs
}

/** The columns that a list of runs shows. */
function selectRuns(store: Store) {
  return store
    .selectFrom('model')
    .innerJoin('dataset', 'dataset.id', 'model.dataset_id')
    .innerJoin('environment', 'environment.id', 'model.environment_id')
    .select(({ selectFrom, fn }) => [
      'model.id',
      'dataset.name as dataset',
      'dataset.test_count',
      'model.architecture',
      'model.arm',
      'model.seed',
      'model.state',
      'model.updates',
      'model.forwards',
      'model.seconds',
      'model.clean_accuracy',
      'environment.engine',
      'model.created_at',
      selectFrom('evaluation')
        .whereRef('evaluation.model_id', '=', 'model.id')
        .select(fn.countAll<number>().as('n'))
        .as('evaluations'),
    ])
}

function only(filter: RunFilter) {
  const where = expressionBuilder<Schema, 'model' | 'dataset'>()
  return where.and([
    ...(filter.dataset ? [where('dataset.name', '=', filter.dataset)] : []),
    ...(filter.architecture ? [where('model.architecture', '=', filter.architecture)] : []),
    ...(filter.arm ? [where('model.arm', '=', filter.arm)] : []),
    ...(filter.state ? [where('model.state', '=', filter.state)] : []),
  ])
}

/** One row of a list of runs. */
export type RunRow = Awaited<ReturnType<ReturnType<typeof selectRuns>['execute']>>[number]
