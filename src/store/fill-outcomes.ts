import { type Kysely, sql } from 'kysely'
import { encodeOutcomes, type Outcomes } from './outcome-codes.ts'

/** Identifiers bound in one statement; SQLite takes 32,766, PostgreSQL 65,535. */
const chunk = 500

/**
 * Writes what each evaluation decided for those evaluations that have examples and lack it: written by
 * an earlier version, copied from another database row by row.
 *
 * @returns how many there were
 */
export async function fillOutcomes<Tables>(database: Kysely<Tables>): Promise<number> {
  const { rows } = await sql<{ id: string }>`
    select id from evaluation
    where id not in (select evaluation_id from evaluation_outcome)`.execute(database)
  let written = 0
  for (let at = 0; at < rows.length; at += chunk) {
    const ids = rows.slice(at, at + chunk).map(({ id }) => id)
    for (const [id, outcomes] of await outcomesFromExamples(database, ids)) {
      await sql`insert into evaluation_outcome (evaluation_id, codes)
        values (${id}, ${encodeOutcomes(outcomes)})`.execute(database)
      written++
    }
  }
  return written
}

/**
 * The outcomes of these evaluations, read from the examples.
 *
 * Each evaluation comes as one string of numbers, `example · 4 + clean · 2 + robust`, because
 * a row an example would be a million rows.
 */
export async function outcomesFromExamples<Tables>(
  database: Kysely<Tables>,
  evaluations: readonly string[],
): Promise<Map<string, Outcomes>> {
  if (evaluations.length === 0) return new Map()
  const { rows } = await sql<{ id: string; codes: string }>`
    select evaluation_id as id, group_concat(example * 4 + (clean_prediction = label) * 2
      + (clean_prediction = label and success = 0)) as codes
    from example
    where evaluation_id in (${sql.join(evaluations)})
    group by evaluation_id`.execute(database)
  return new Map(rows.map(({ id, codes }) => [id, placed(codes.split(',').map(Number))]))
}

function placed(numbers: readonly number[]): Outcomes {
  const last = numbers.reduce((most, number) => Math.max(most, number >> 2), 0)
  const outcomes = new Uint8Array(last + 1)
  for (const number of numbers) {
    outcomes[number >> 2] = 1 | ((number & 2) !== 0 ? 2 : 0) | ((number & 1) << 2)
  }
  return outcomes
}
