import type { Store } from '../store.ts'

/** Most failed jobs that are told one by one. */
const MOST = 20

/** The job that made a run; undefined if the database has none. */
export function runJob(store: Store, id: string) {
  return store.selectFrom('job').where('id', '=', id).selectAll().executeTakeFirst()
}

/** How many jobs needed a run, by kind and state. */
export function dependentCounts(store: Store, id: string) {
  return dependents(store, id)
    .groupBy(['job.kind', 'job.state'])
    .orderBy('job.kind')
    .orderBy('job.state')
    .select(({ fn }) => ['job.kind', 'job.state', fn.countAll<number>().as('jobs')])
    .execute()
}

/** The jobs that needed a run and failed, the latest first. */
export function failedDependents(store: Store, id: string) {
  return dependents(store, id)
    .where('job.state', '=', 'failed')
    .orderBy('job.ended_at', 'desc')
    .orderBy('job.id')
    .limit(MOST)
    .selectAll('job')
    .execute()
}

function dependents(store: Store, id: string) {
  return store
    .selectFrom('job_dependency')
    .innerJoin('job', 'job.id', 'job_dependency.job_id')
    .where('job_dependency.needs_id', '=', id)
}

/** The executions of plans that asked for a run, the latest first. */
export function executionsOf(store: Store, id: string) {
  return store
    .selectFrom('nightly_job')
    .innerJoin('nightly', 'nightly.id', 'nightly_job.nightly_id')
    .where('nightly_job.job_id', '=', id)
    .orderBy('nightly.started_at', 'desc')
    .orderBy('nightly.id')
    .select(['nightly.id', 'nightly.plan', 'nightly.state'])
    .select(['nightly.started_at as startedAt', 'nightly.ended_at as endedAt'])
    .execute()
}

/** One row of `runJob`. */
export type JobRow = NonNullable<Awaited<ReturnType<typeof runJob>>>
