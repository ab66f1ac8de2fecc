import type { Kysely } from 'kysely'
import type { Schema } from '../schema.ts'

/**
 * Seconds that a unit of cost takes, by the jobs of an execution that are done: those that were done
 * since it started, else those that were done before; 1 where none is.
 */
export async function workRate(store: Kysely<Schema>, nightlyId: string): Promise<number> {
  const done = store
    .selectFrom('nightly_job')
    .innerJoin('job', 'job.id', 'nightly_job.job_id')
    .innerJoin('nightly', 'nightly.id', 'nightly_job.nightly_id')
    .where('nightly_job.nightly_id', '=', nightlyId)
    .where('job.state', '=', 'done')
    .select(({ fn }) => [
      fn.sum<number | null>('job.seconds').as('seconds'),
      fn.sum<number | null>('job.cost').as('cost'),
    ])
  const own = done.whereRef('job.ended_at', '>=', 'nightly.started_at')
  for (const query of [own, done]) {
    const { seconds, cost } = await query.executeTakeFirstOrThrow()
    if (seconds && cost) return seconds / cost
  }
  return 1
}
