import { sql } from 'kysely'
import { UsageError } from '../errors.ts'
import type { Store } from '../store/store.ts'

/** A view or table that can be exported: its name, and its columns in order. */
export interface Relation {
  readonly name: string
  readonly columns: readonly RelationColumn[]
}

export interface RelationColumn {
  readonly name: string
  /** As SQLite tells it, e.g. `INTEGER`; empty where a view calculates the column. */
  readonly declared: string
}

/**
 * The view or table of a name.
 *
 * @throws UsageError naming all of them if there is none
 */
export async function relationOf(store: Store, name: string): Promise<Relation> {
  const names = await relationNames(store)
  if (!names.includes(name)) {
    throw new UsageError(`unknown view: ${name} (there are ${names.join(', ')})`)
  }
  const { rows } = await sql<{ name: string; type: string }>`
    select name, type from pragma_table_info(${name}) order by cid`.execute(store)
  return { name, columns: rows.map(row => ({ name: row.name, declared: row.type })) }
}

/** Views first, then tables; what the database keeps about itself is no result. */
async function relationNames(store: Store): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`
    select name from sqlite_master
    where type in ('view', 'table') and name not like 'sqlite_%' and name not like 'kysely_%'
    order by type desc, name`.execute(store)
  return rows.map(row => row.name)
}
