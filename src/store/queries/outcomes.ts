import { sql } from 'kysely'
import type { Store } from '../store.ts'

/**
 * What one evaluation decided, example by example, indexed by the place in the test split.
 * Bit 1: judged; bit 2: right without attack; bit 4: still right under attack.
 */
export type Outcomes = Uint8Array

/** Identifiers bound in one statement; SQLite takes 32,766, PostgreSQL 65,535. */
const CHUNK = 500

/**
 * The outcomes of these evaluations by evaluation id.
 *
 * Each evaluation comes as one string of numbers, `example · 4 + clean · 2 + robust`, because
 * a row an example would be a million rows for a page.
 */
export async function outcomes(
  store: Store,
  evaluations: readonly string[],
): Promise<Map<string, Outcomes>> {
  const found = new Map<string, Outcomes>()
  for (let at = 0; at < evaluations.length; at += CHUNK) {
    const rows = await store
      .selectFrom('example')
      .where('evaluation_id', 'in', evaluations.slice(at, at + CHUNK))
      .groupBy('evaluation_id')
      .select([
        'evaluation_id',
        sql<string>`group_concat(example * 4 + (clean_prediction = label) * 2
          + (clean_prediction = label and success = 0))`.as('codes'),
      ])
      .execute()
    for (const row of rows) found.set(row.evaluation_id, decode(row.codes))
  }
  return found
}

function decode(codes: string): Outcomes {
  const numbers = codes.split(',').map(Number)
  let last = 0
  for (const code of numbers) last = Math.max(last, code >> 2)
  const judged = new Uint8Array(last + 1)
  for (const code of numbers) judged[code >> 2] = 1 | ((code & 2) !== 0 ? 2 : 0) | ((code & 1) << 2)
  return judged
}
