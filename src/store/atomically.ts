import type { Kysely } from 'kysely'
import type { Schema } from './schema.ts'

/**
 * Runs several statements as one: in the transaction that is handed in, or else in one of their own.
 *
 * @returns what the work returns; the work's error undoes everything it did
 */
export async function atomically<Result>(
  store: Kysely<Schema>,
  work: (transaction: Kysely<Schema>) => Promise<Result>,
): Promise<Result> {
  return store.isTransaction ? work(store) : store.transaction().execute(work)
}
