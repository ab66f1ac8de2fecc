import type { Store } from '../store.ts'

/** Titles of the jobs of an execution that are being done, longest running first. */
export async function runningTitles(store: Store, nightly: string): Promise<readonly string[]> {
  const rows = await store
    .selectFrom('nightly_job')
    .innerJoin('job', 'job.id', 'nightly_job.job_id')
    .where('nightly_job.nightly_id', '=', nightly)
    .where('job.state', '=', 'running')
    .orderBy('job.started_at')
    .orderBy('job.id')
    .select('job.title')
    .execute()
  return rows.map(row => row.title)
}
