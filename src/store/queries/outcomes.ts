import { outcomesFromExamples } from '../fill-outcomes.ts'
import { decodeOutcomes, type Outcomes } from '../outcome-codes.ts'
import type { Store } from '../store.ts'

export type { Outcomes } from '../outcome-codes.ts'

/** Identifiers bound in one statement; SQLite takes 32,766, PostgreSQL 65,535. */
const chunk = 500

/**
 * The outcomes of these evaluations by evaluation id: from the text that is kept of each, or from its
 * examples where there is none. Evaluations without examples have none.
 */
export async function outcomes(
  store: Store,
  evaluations: readonly string[],
): Promise<Map<string, Outcomes>> {
  const found = new Map<string, Outcomes>()
  for (let at = 0; at < evaluations.length; at += chunk) {
    const ids = evaluations.slice(at, at + chunk)
    const rows = await store
      .selectFrom('evaluation_outcome')
      .where('evaluation_id', 'in', ids)
      .select(['evaluation_id', 'codes'])
      .execute()
    for (const row of rows) found.set(row.evaluation_id, decodeOutcomes(row.codes))
    const others = ids.filter(id => !found.has(id))
    for (const [id, own] of await outcomesFromExamples(store, others)) found.set(id, own)
  }
  return found
}
