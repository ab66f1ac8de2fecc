import { sql } from 'kysely'
import type { Cell } from '../commands/query/format.ts'
import { openStore, type Store } from '../store/store.ts'
import { type Relation, type RelationColumn, relationOf } from './relation.ts'
import { conditionOf, type Where } from './selection.ts'

/** What to export. */
export interface ExportRequest {
  readonly view: string
  readonly where: Where
  /** One row more than these is taken at most, which tells that there are more. */
  readonly most?: number
}

/** A row to export; only text and numbers are stored as results. */
export type ExportRow = Readonly<Record<string, Exclude<Cell, Uint8Array>>>

/** A column with what it holds in the selected rows. */
export interface ExportColumn {
  readonly name: string
  readonly type: 'integer' | 'real' | 'text'
  /** Whether some of its values are null. */
  readonly nullable: boolean
  /** Characters of its longest value, as text. */
  readonly longest: number
}

/** Rows that were selected, and what is known of them before they are read. */
export interface ExportSource {
  readonly count: number
  readonly columns: readonly ExportColumn[]
  /** The rows, some at a time, as they are asked for. */
  readonly batches: () => AsyncIterable<readonly ExportRow[]>
}

/** Rows that are held in memory at the same time. */
const batchRows = 2_000

/**
 * Selects rows on a connection of its own into a temporary table, so that a view is calculated once,
 * and number, types and values agree even while results are written.
 *
 * @throws UsageError for an unknown view or column
 */
export async function withSource<T>(
  filename: string,
  { view, where, most }: ExportRequest,
  use: (source: ExportSource) => Promise<T>,
): Promise<T> {
  const store = await openStore(filename, { readonly: true })
  try {
    const relation = await relationOf(store, view)
    const condition = conditionOf(relation, where)
    // The file stays open for reading only; this lets the temporary table be made.
    await sql`pragma query_only = off`.execute(store)
    const limit = most === undefined ? sql`` : sql`limit ${most + 1}`
    await sql`
      create temp table ${selected} as
      select * from ${sql.table(view)} where ${condition} ${limit}`.execute(store)
    await sql`pragma query_only = on`.execute(store)
    return await use({ ...(await describe(store, relation)), batches: () => batchesOf(store) })
  } finally {
    await store.destroy()
  }
}

const selected = sql.table('temp.gauntlet_selected')

async function* batchesOf(store: Store) {
  for (let read = 0; ; read += batchRows) {
    const { rows } = await sql<ExportRow>`
      select * from ${selected} where rowid > ${read} and rowid <= ${read + batchRows}
      order by rowid`.execute(store)
    if (rows.length > 0) yield rows
    if (rows.length < batchRows) return
  }
}

/** Goes through the rows once for their number and for what each column holds. */
async function describe(store: Store, { columns }: Relation) {
  const facts = columns.flatMap(({ name }, at) => {
    const value = sql.ref(name)
    return [
      sql`max(typeof(${value}) = 'text')`.as(`text${at}`),
      sql`max(typeof(${value}) = 'real')`.as(`real${at}`),
      sql`count(${value})`.as(`count${at}`),
      sql`max(length(${value}))`.as(`longest${at}`),
    ]
  })
  const query = sql<Record<string, number | null>>`
    select count(*) as rows, ${sql.join(facts)} from ${selected}`
  const row = (await query.execute(store)).rows[0]!
  const count = row.rows!
  return {
    count,
    columns: columns.map((column, at): ExportColumn => {
      const some = row[`count${at}`]!
      const seen = row[`text${at}`] ? 'text' : row[`real${at}`] ? 'real' : 'integer'
      return {
        name: column.name,
        type: some > 0 ? seen : declaredType(column),
        nullable: some < count,
        longest: row[`longest${at}`] ?? 0,
      }
    }),
  }
}

/** Of a column without values. */
function declaredType({ declared }: RelationColumn): ExportColumn['type'] {
  if (declared === 'TEXT') return 'text'
  return declared === 'INTEGER' ? 'integer' : 'real'
}
