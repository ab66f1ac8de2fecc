import type { Store } from '../store.ts'

/** Which examples of an evaluation are asked for. */
export interface ExamplePage {
  /** Only those that the attack broke, or only those that it did not. */
  readonly success?: boolean | undefined
  /** Those with a higher number than this one. */
  readonly after?: number | undefined
  readonly limit: number
}

/** Whether there is such an evaluation. */
export async function hasEvaluation(store: Store, id: string): Promise<boolean> {
  const row = await store
    .selectFrom('evaluation')
    .where('id', '=', id)
    .select('id')
    .executeTakeFirst()
  return row !== undefined
}

/** A page of the examples of an evaluation, by their numbers in the test split. */
export function examplesOf(store: Store, evaluation: string, page: ExamplePage) {
  return selection(store, evaluation, page.success)
    .$if(page.after !== undefined, query => query.where('example', '>', page.after!))
    .orderBy('example')
    .limit(page.limit)
    .selectAll()
    .execute()
}

/** How many examples of an evaluation there are, of both kinds or of one. */
export async function countExamples(
  store: Store,
  evaluation: string,
  success: boolean | undefined,
): Promise<number> {
  const row = await selection(store, evaluation, success)
    .select(({ fn }) => fn.countAll<number>().as('examples'))
    .executeTakeFirstOrThrow()
  return row.examples
}

function selection(store: Store, evaluation: string, success: boolean | undefined) {
  return store
    .selectFrom('example')
    .where('evaluation_id', '=', evaluation)
    .$if(success !== undefined, query => query.where('success', '=', Number(success)))
}
