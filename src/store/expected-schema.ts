import { type Kysely, sql } from 'kysely'
import type { Schema } from './schema.ts'
import { openStore } from './store.ts'

/** A table, an index or a view, as SQLite keeps its definition. */
export interface SchemaObject {
  readonly type: 'table' | 'index' | 'view'
  readonly name: string
  /** The table that an index belongs to; else the name itself. */
  readonly table: string
  /** The `create` statement. */
  readonly definition: string
}

/** What a database consists of, without SQLite's and the migrator's own tables; by type and name. */
export async function schemaObjects(store: Kysely<Schema>): Promise<SchemaObject[]> {
  const { rows } = await sql<SchemaObject>`
    select type, name, tbl_name as "table", sql as definition from sqlite_master
    where sql is not null and name not like 'sqlite_%' and tbl_name not like 'kysely_%'
    order by type, name`.execute(store)
  return rows
}

/** What a database of this version consists of: that of a new one, made in memory. */
export async function expectedSchema(): Promise<SchemaObject[]> {
  const store = await openStore(':memory:')
  try {
    return await schemaObjects(store)
  } finally {
    await store.destroy()
  }
}
