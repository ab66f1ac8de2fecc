import type { Store } from '../store.ts'

/** How much a results database holds. */
export interface Counts {
  readonly models: number
  readonly diverged: number
  readonly evaluations: number
  readonly examples: number
  readonly probes: number
}

/** How many models there are. */
export async function countModels(store: Store): Promise<number> {
  const { models } = await store
    .selectFrom('model')
    .select(({ fn }) => fn.countAll<number>().as('models'))
    .executeTakeFirstOrThrow()
  return models
}

/** Counts the rows; examples through their evaluations, which is far fewer rows to read. */
export async function counts(store: Store): Promise<Counts> {
  const row = await store
    .selectNoFrom(({ selectFrom, fn }) => [
      selectFrom('model').select(fn.countAll<number>().as('n')).as('models'),
      selectFrom('model')
        .where('state', '=', 'diverged')
        .select(fn.countAll<number>().as('n'))
        .as('diverged'),
      selectFrom('evaluation').select(fn.countAll<number>().as('n')).as('evaluations'),
      selectFrom('evaluation')
        .select(evaluation => evaluation.fn.sum<number>('evaluation.n').as('n'))
        .as('examples'),
      selectFrom('gradient_probe').select(fn.countAll<number>().as('n')).as('probes'),
    ])
    .executeTakeFirstOrThrow()
  return {
    models: row.models ?? 0,
    diverged: row.diverged ?? 0,
    evaluations: row.evaluations ?? 0,
    examples: row.examples ?? 0,
    probes: row.probes ?? 0,
  }
}
