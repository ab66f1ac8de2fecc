import { sql } from 'kysely'
import type { Store } from './store.ts'

/**
 * A number that changes with everything that another connection commits, and costs no reading.
 *
 * @see https://www.sqlite.org/pragma.html#pragma_data_version
 */
export async function dataVersion(store: Store): Promise<number> {
  const { rows } = await sql<{ data_version: number }>`pragma data_version`.execute(store)
  return rows[0]!.data_version
}
