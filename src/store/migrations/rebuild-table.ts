import { type Kysely, sql } from 'kysely'

/**
 * Makes a table anew with another definition, its rows, indexes and triggers kept; for what SQLite cannot
 * change in place. The views must be dropped before, foreign keys must be off.
 *
 * @param change the definition to replace and what it becomes, each found once
 * @see https://www.sqlite.org/lang_altertable.html, section 7
 */
export async function rebuildTable(
  database: Kysely<unknown>,
  table: string,
  [before, after]: readonly [before: string, after: string],
): Promise<void> {
  const { rows } = await sql<{ type: string; definition: string }>`
    select type, sql as definition from sqlite_master
    where tbl_name = ${table} and sql is not null`.execute(database)
  const { definition } = rows.find(({ type }) => type === 'table')!
  if (definition.split(before).length !== 2) throw new Error(`table ${table} lacks: ${before}`)
  const changed = definition.replace(before, after)
  const steps = [
    changed.replace(/create table "?\w+"?/i, `create table new_${table}`),
    `insert into new_${table} select * from ${table}`,
    `drop table ${table}`,
    `alter table new_${table} rename to ${table}`,
    ...rows.filter(({ type }) => type !== 'table').map(other => other.definition),
  ]
  for (const step of steps) await sql.raw(step).execute(database)
}
