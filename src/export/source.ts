import { type CompiledQuery, type RawBuilder, sql } from 'kysely'
import type { Cell } from '../commands/query/format.ts'
import { openStore, type Store } from '../store/store.ts'
import { type Relation, type RelationColumn, relationOf } from './relation.ts'
import { conditionOf, type Where } from './selection.ts'

/** What to export. */
export interface ExportRequest {
  readonly view: string
  readonly where: Where
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
const batchRows = 1_000

/**
 * Selects rows on a connection of its own and in one transaction, so that their number, their types
 * and their values agree even while results are written.
 *
 * @throws UsageError for an unknown view or column
 */
export async function withSource<T>(
  filename: string,
  { view, where }: ExportRequest,
  use: (source: ExportSource) => Promise<T>,
): Promise<T> {
  const store = await openStore(filename, { readonly: true })
  try {
    return await store.transaction().execute(async transaction => {
      const relation = await relationOf(transaction, view)
      const condition = conditionOf(relation, where)
      const source = await describe(transaction, relation, condition)
      const query = sql<ExportRow>`
        select * from ${sql.table(view)} where ${condition}`.compile(transaction)
      return use({ ...source, batches: () => batchesOf(transaction, query) })
    })
  } finally {
    await store.destroy()
  }
}

async function* batchesOf(store: Store, query: CompiledQuery<ExportRow>) {
  for await (const { rows } of store.getExecutor().stream(query, batchRows)) yield rows
}

/** Goes through the rows once for their number and for what each column holds. */
async function describe(store: Store, { name, columns }: Relation, condition: RawBuilder<boolean>) {
  const facts = columns.flatMap((column, at) => {
    const value = sql.ref(column.name)
    return [
      sql`max(typeof(${value}) = 'text')`.as(`text${at}`),
      sql`max(typeof(${value}) = 'real')`.as(`real${at}`),
      sql`count(${value})`.as(`count${at}`),
      sql`max(length(${value}))`.as(`longest${at}`),
    ]
  })
  const query = sql<Record<string, number | null>>`
    select count(*) as rows, ${sql.join(facts)} from ${sql.table(name)} where ${condition}`
  const row = (await query.execute(store)).rows[0]!
  const count = row.rows!
  return {
    count,
    columns: columns.map((column, at): ExportColumn => {
      const some = row[`count${at}`]!
      const seen = row[`text${at}`] ? 'text' : row[`real${at}`] ? 'real' : 'integer'
      const type = some > 0 ? seen : declaredType(column)
      return {
        name: column.name,
        type,
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
