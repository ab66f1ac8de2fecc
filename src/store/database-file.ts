import { sql } from 'kysely'
import type { Store } from './store.ts'

/** The file that a store reads, for a connection of one's own to it. */
export async function databaseFileOf(store: Store): Promise<string> {
  const { rows } = await sql<{ file: string }>`
    select file from pragma_database_list where name = 'main'`.execute(store)
  return rows[0]!.file
}
