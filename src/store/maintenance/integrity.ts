import { type Kysely, sql } from 'kysely'
import { expectedSchema, schemaObjects } from '../expected-schema.ts'
import type { Schema } from '../schema.ts'

/** What SQLite itself finds wrong with the file: damaged pages, broken checks and indexes. */
export async function damage(store: Kysely<Schema>): Promise<string[]> {
  const { rows } = await sql<{ integrity_check: string }>`pragma integrity_check`.execute(store)
  return rows
    .map(row => row.integrity_check)
    .filter(line => line !== 'ok')
    .map(line => `damaged: ${line.replaceAll(/\s+/gu, ' ')}`)
}

/** Rows that refer to others which are not there, counted by table. */
export async function danglingReferences(store: Kysely<Schema>): Promise<string[]> {
  const { rows } = await sql<{ table: string; parent: string; rows: number }>`
    select "table", parent, count(*) as rows from pragma_foreign_key_check
    group by "table", parent order by "table", parent`.execute(store)
  return rows.map(
    one =>
      `dangling: ${one.rows} rows of ${one.table} refer to rows of ${one.parent} that are gone`,
  )
}

/** Tables, indexes and views that are missing, other than in a new database, or not ours. */
export async function schemaDifferences(store: Kysely<Schema>): Promise<string[]> {
  const expected = await expectedSchema()
  const found = new Map((await schemaObjects(store)).map(one => [one.name, one]))
  const known = new Set(expected.map(one => one.name))
  return [
    ...expected.flatMap(({ type, name, definition }) => {
      const own = found.get(name)
      if (own === undefined) return [`missing: ${type} ${name}`]
      const same = normal(own.definition) === normal(definition)
      return same ? [] : [`changed: ${type} ${name} is not as this version makes it`]
    }),
    ...[...found.values()]
      .filter(one => !known.has(one.name))
      .map(({ type, name }) => `unknown: ${type} ${name} is none of Gauntlet's`),
  ]
}

/** SQLite quotes the name of a table that was renamed. */
const normal = (definition: string) => definition.replaceAll('"', '').replaceAll(/\s+/gu, ' ')

/** Evaluations whose examples do not give their counts. */
export async function disagreeingEvaluations(store: Kysely<Schema>): Promise<string[]> {
  const { rows } = await sql<{ id: string; said: string; found: string }>`
    with counted as (
      select evaluation_id, count(*) as n, sum(clean_prediction = label) as clean,
        sum(clean_prediction = label and success = 0) as robust
      from example group by evaluation_id
    )
    select evaluation.id,
      evaluation.n || ', ' || clean_correct || ', ' || robust_correct as said,
      counted.n || ', ' || clean || ', ' || robust as found
    from counted join evaluation on evaluation.id = counted.evaluation_id
    where (evaluation.n, clean_correct, robust_correct) is not (counted.n, clean, robust)
    order by evaluation.id`.execute(store)
  return rows.map(
    ({ id, said, found }) =>
      `disagreeing: evaluation ${id} says n, clean, robust = ${said}; its examples give ${found}`,
  )
}

/** Accuracies on corrupted images that are not what was decided on the images. */
export async function disagreeingCorruptions(store: Kysely<Schema>): Promise<string[]> {
  const { rows } = await sql<{ id: string; corruption: string; said: string; found: string }>`
    with counted as (
      select *, length(codes) - length(replace(replace(codes, '5', ''), '7', '')) as right
      from corruption_accuracy where codes is not null
    )
    select id, corruption || ' ' || severity as corruption, n || ', ' || correct as said,
      length(codes) || ', ' || right as found
    from counted where (n, correct) is not (length(codes), right)
    order by id, corruption, severity`.execute(store)
  return rows.map(
    ({ id, corruption, said, found }) =>
      `disagreeing: ${corruption} of ${id} says n, correct = ${said}; its images give ${found}`,
  )
}
