import type { Kysely } from 'kysely'
import type { Schema } from './schema.ts'

/**
 * Marks executions as interrupted that say they run although no worker holds any of their jobs:
 * their process was killed before it could.
 *
 * @param now milliseconds since 1970
 * @returns how many there were
 */
export async function closeAbandoned(store: Kysely<Schema>, now = Date.now()): Promise<number> {
  const { numUpdatedRows } = await store
    .updateTable('nightly')
    .set({ state: 'interrupted', ended_at: new Date(now).toISOString() })
    .where('state', '=', 'running')
    .where(({ exists, not, selectFrom }) =>
      not(
        exists(
          selectFrom('nightly_job')
            .innerJoin('job', 'job.id', 'nightly_job.job_id')
            .select('job.id')
            .whereRef('nightly_job.nightly_id', '=', 'nightly.id')
            .where('job.state', '=', 'running')
            .where('job.lease_until', '>', now),
        ),
      ),
    )
    .executeTakeFirstOrThrow()
  return Number(numUpdatedRows)
}
