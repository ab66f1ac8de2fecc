import { type Kysely, sql } from 'kysely'
import { fillOutcomes } from '../fill-outcomes.ts'
import type { Schema } from '../schema.ts'
import { mergeJobs, mergePlaces } from './merge-jobs.ts'
import { mergeNightlies } from './merge-nightlies.ts'
import { type MergeRule, mergeRules } from './merge-rules.ts'

/** A row that both databases hold under one identifier, with other content. */
export interface Conflict {
  readonly table: string
  /** The row's key, its parts joined by spaces. */
  readonly key: string
  /** Columns that differ; or where the row is missing. */
  readonly what: string
}

/** What became of the rows of one table. */
export interface Merged {
  readonly table: string
  /** Rows that were added. */
  readonly added: number
  /** Rows that were brought up to date: a job that is done now, an execution that has ended. */
  readonly updated: number
  /** Rows that were there already. */
  readonly same: number
}

export interface MergeOutcome {
  readonly merged: readonly Merged[]
  /** The first of each table; where there is one, what was done must be undone. */
  readonly conflicts: readonly Conflict[]
}

/** Conflicts that are named of one table. */
const namedConflicts = 10

/**
 * Makes another database, in a file of its own and of the same version, that of this connection's
 * `theirs`; until `detach`.
 */
export async function attach(store: Kysely<Schema>, file: string): Promise<void> {
  await sql`attach database ${file} as theirs`.execute(store)
}

/** Ends what `attach` began. */
export async function detach(store: Kysely<Schema>): Promise<void> {
  await sql`detach database theirs`.execute(store)
}

/**
 * Unites the rows of `theirs` with this database's, within the transaction that is handed in.
 *
 * Identifiers are hashes of what a result depends on: a result whose identifier is here already is
 * compared, but for what tells how and when it was made, and kept; any other is taken in with all
 * its parts. The caller rolls back where there are conflicts.
 */
export async function mergeRows(transaction: Kysely<Schema>): Promise<MergeOutcome> {
  await sql`pragma defer_foreign_keys = on`.execute(transaction)
  const merged: Merged[] = []
  const conflicts: Conflict[] = []
  const take = ({ merged: some, conflicts: found }: MergeOutcome) => {
    merged.push(...some)
    conflicts.push(...found)
  }
  for (const rule of mergeRules) take(await unite(transaction, rule))
  take(await mergeJobs(transaction))
  take(await mergeNightlies(transaction))
  merged.push(...(await mergePlaces(transaction)))
  await fillOutcomes(transaction)
  return { merged, conflicts }
}

async function unite(transaction: Kysely<Schema>, rule: MergeRule): Promise<MergeOutcome> {
  const columns = await columnsOf(transaction, rule.table)
  const conflicts = rule.told ? [] : await conflictsIn(transaction, rule, columns)
  const [unit, whole] = [sql.ref(rule.unit.column), sql.id('main', rule.unit.table)]
  const id = sql.ref(rule.unit.id ?? 'id')
  const theirs = sql.id('theirs', rule.table)
  const [total, before] = [await count(transaction, theirs), await own(transaction, rule.table)]
  const list = sql.join(columns.map(column => sql.ref(column)))
  await sql`
    insert into ${sql.id('main', rule.table)} (${list})
    select ${list} from ${theirs} where ${unit} not in (select ${id} from ${whole})`.execute(
    transaction,
  )
  const added = (await own(transaction, rule.table)) - before
  return { merged: [{ table: rule.table, added, updated: 0, same: total - added }], conflicts }
}

/** Rows of results that are here already and differ from theirs, or that only one side has. */
async function conflictsIn(
  transaction: Kysely<Schema>,
  { table, key, unit, circumstances }: MergeRule,
  columns: readonly string[],
): Promise<Conflict[]> {
  const compared = columns.filter(
    column => !key.includes(column) && !circumstances.includes(column),
  )
  const sides = [sql.id('main', table), sql.id('theirs', table)] as const
  const wholes = [sql.id('main', unit.table), sql.id('theirs', unit.table)] as const
  const same = sql.join(
    key.map(column => sql`a.${sql.ref(column)} = b.${sql.ref(column)}`),
    sql` and `,
  )
  const name = (side: string) =>
    sql.join(
      key.map(column => sql`${sql.ref(`${side}.${column}`)}`),
      sql` || ' ' || `,
    )
  const differing = sql.join(
    [
      sql`''`,
      ...compared.map(
        column => sql`case when ${sql.ref(`a.${column}`)} is not ${sql.ref(`b.${column}`)}
          then ${`, ${column}`} else '' end`,
      ),
    ],
    sql` || `,
  )
  const { rows } = await sql<{ key: string; what: string }>`
    select ${name('a')} as key, substr(${differing}, 3) as what
    from ${sides[1]} as b join ${sides[0]} as a on ${same} where ${differing} <> ''
    limit ${namedConflicts}`.execute(transaction)
  const lacking = async (here: 0 | 1, what: string) => {
    const there = here === 0 ? 1 : 0
    const column = sql.ref(`a.${unit.column}`)
    const found = await sql<{ key: string }>`
      select ${name('a')} as key from ${sides[here]} as a
      where ${column} in (select id from ${wholes[there]})
        and not exists (select 1 from ${sides[there]} as b where ${same})
      limit ${namedConflicts}`.execute(transaction)
    return found.rows.map(row => ({ table, key: row.key, what }))
  }
  return [
    ...rows.map(row => ({ table, ...row })),
    ...(await lacking(1, 'is only in what is merged')),
    ...(await lacking(0, 'is only in what is merged into')),
  ]
}

/** Names of a table's columns. */
export async function columnsOf(transaction: Kysely<Schema>, table: string): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`
    select name from pragma_table_info(${table}) order by cid`.execute(transaction)
  return rows.map(row => row.name)
}

const own = (transaction: Kysely<Schema>, table: string) =>
  count(transaction, sql.id('main', table))

/** How many rows a table has. */
export async function count(
  transaction: Kysely<Schema>,
  table: ReturnType<typeof sql.id>,
): Promise<number> {
  const { rows } = await sql<{ n: number }>`select count(*) as n from ${table}`.execute(transaction)
  return rows[0]!.n
}
