import type { Store } from '../store.ts'

/** The nightly that was started last, or undefined if there was none. */
export async function latestNightly(store: Store) {
  const nightly = await store
    .selectFrom('nightly')
    .select(['id', 'plan', 'state', 'started_at', 'ended_at', 'jobs_reused'])
    .orderBy('started_at', 'desc')
    .orderBy('id')
    .limit(1)
    .executeTakeFirst()
  if (!nightly) return undefined
  const jobs = await store
    .selectFrom('nightly_job')
    .innerJoin('job', 'job.id', 'nightly_job.job_id')
    .where('nightly_job.nightly_id', '=', nightly.id)
    .groupBy('job.state')
    .select(({ fn }) => ['job.state', fn.countAll<number>().as('jobs')])
    .execute()
  return { ...nightly, jobs: new Map(jobs.map(row => [row.state, row.jobs])) }
}
