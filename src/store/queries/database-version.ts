import { sql } from 'kysely'
import type { Store } from '../store.ts'

/**
 * A text that changes whenever the database does, by this connection or by another one; it says nothing
 * to other connections.
 *
 * @see https://www.sqlite.org/pragma.html#pragma_data_version
 */
export async function databaseVersion(store: Store): Promise<string> {
  const { rows } = await sql<{ version: string }>`
    select data_version || ' ' || total_changes() as version from pragma_data_version`.execute(
    store,
  )
  return rows[0]!.version
}
