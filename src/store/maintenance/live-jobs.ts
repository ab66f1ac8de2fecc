import type { Kysely } from 'kysely'
import type { Schema } from '../schema.ts'

/**
 * Titles of the jobs that workers hold at this moment: whoever finds one should leave the database
 * to them.
 *
 * @param now milliseconds since 1970
 */
export async function liveJobs(store: Kysely<Schema>, now = Date.now()): Promise<string[]> {
  const rows = await store
    .selectFrom('job')
    .select('title')
    .where('state', '=', 'running')
    .where('lease_until', '>', now)
    .orderBy('title')
    .execute()
  return rows.map(row => row.title)
}
