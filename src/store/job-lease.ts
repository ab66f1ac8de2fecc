import { type ExpressionBuilder, type Kysely, type Selectable, sql } from 'kysely'
import { atomically } from './atomically.ts'
import type { Schema } from './schema.ts'
import type { JobTable } from './tables/work.ts'

/**
 * The job queue, from the side of the workers: whoever asks gets the first job that is ready, and
 * holds it for the length of a lease, renewed by heartbeats. When a worker dies its lease runs out
 * and the job is taken again.
 *
 * A worker's name must be its own in all the world (host, process id, start time): holding a job
 * means that the job's row carries that name.
 */

/** A job as its row says; `config` is JSON. */
export type Job = Selectable<JobTable>

/** The worker no longer holds the job: its results must not be written. */
export class LeaseLostError extends Error {
  override readonly name = 'LeaseLostError'
}

/** A job is started at most this often. */
export const maxAttempts = 3

/** Who asks for a job, and for how long. */
export interface Claim {
  readonly worker: string
  readonly nightlyId: string
  readonly leaseMilliseconds: number
  /** Only a job that is expected to cost no more than this; any if absent. */
  readonly mostCost?: number | undefined
  /** Milliseconds since 1970; the clock if absent. */
  readonly now?: number
}

/**
 * Takes the first job of a nightly that is ready: waiting, or held by a worker whose lease ran out,
 * with all it needs done. A job that was already started three times is marked failed instead.
 *
 * @returns the job, now held by the worker; undefined if none is ready at this moment
 */
export async function claimJob(
  store: Kysely<Schema>,
  { worker, nightlyId, leaseMilliseconds, mostCost, now = Date.now() }: Claim,
): Promise<Job | undefined> {
  return atomically(store, async transaction => {
    await giveUp(transaction, nightlyId, now)
    return transaction
      .updateTable('job')
      .set(({ eb }) => ({
        state: 'running',
        worker,
        lease_until: now + leaseMilliseconds,
        attempts: eb('attempts', '+', 1),
        started_at: isoTime(now),
      }))
      .where('id', '=', firstReady(transaction, nightlyId, now, mostCost))
      .returningAll()
      .executeTakeFirst()
  })
}

function firstReady(
  transaction: Kysely<Schema>,
  nightlyId: string,
  now: number,
  mostCost: number | undefined,
) {
  return transaction
    .selectFrom('nightly_job')
    .innerJoin('job as ready', 'ready.id', 'nightly_job.job_id')
    .select('ready.id')
    .where('nightly_job.nightly_id', '=', nightlyId)
    .where(({ or, and, eb }) =>
      or([
        eb('ready.state', '=', 'waiting'),
        and([eb('ready.state', '=', 'running'), eb('ready.lease_until', '<=', now)]),
      ]),
    )
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('job_dependency')
            .innerJoin('job as needed', 'needed.id', 'job_dependency.needs_id')
            .select('needed.id')
            .whereRef('job_dependency.job_id', '=', 'ready.id')
            .where('needed.state', '<>', 'done'),
        ),
      ),
    )
    .$if(mostCost !== undefined, query => query.where('ready.cost', '<=', mostCost!))
    .orderBy('nightly_job.position')
    .limit(1)
}

/** Marks the jobs failed that were started often enough and are free again. */
async function giveUp(transaction: Kysely<Schema>, nightlyId: string, now: number): Promise<void> {
  const { numUpdatedRows } = await transaction
    .updateTable('job')
    .set({
      state: 'failed',
      error: `given up after ${maxAttempts} starts: its worker stopped each time`,
      lease_until: null,
      ended_at: isoTime(now),
    })
    .where('attempts', '>=', maxAttempts)
    .where('id', 'in', ({ selectFrom }) =>
      selectFrom('nightly_job').select('job_id').where('nightly_id', '=', nightlyId),
    )
    .where(({ or, and, eb }) =>
      or([
        eb('state', '=', 'waiting'),
        and([eb('state', '=', 'running'), eb('lease_until', '<=', now)]),
      ]),
    )
    .executeTakeFirstOrThrow()
  if (numUpdatedRows > 0n) await failDependents(transaction, now)
}

/** Renews a lease; false if the worker does not hold the job any more and must stop. */
export async function heartbeat(
  store: Kysely<Schema>,
  jobId: string,
  worker: string,
  leaseMilliseconds: number,
  now = Date.now(),
): Promise<boolean> {
  const { numUpdatedRows } = await held(store, jobId, worker)
    .set({ lease_until: now + leaseMilliseconds })
    .executeTakeFirstOrThrow()
  return numUpdatedRows === 1n
}

/**
 * Marks a job done, in the transaction that writes its results.
 *
 * @param seconds how long the work took
 * @throws LeaseLostError if the worker does not hold the job any more, which undoes the transaction
 */
export async function completeJob(
  transaction: Kysely<Schema>,
  jobId: string,
  worker: string,
  seconds: number,
): Promise<void> {
  const { numUpdatedRows } = await held(transaction, jobId, worker)
    .set({ state: 'done', seconds, lease_until: null, error: null, ended_at: isoTime() })
    .executeTakeFirstOrThrow()
  if (numUpdatedRows !== 1n) {
    throw new LeaseLostError(`lost job: ${jobId}; ${worker} does not hold it any more`)
  }
}

/**
 * Marks a job failed with a reason of one line, and every waiting job that needs it.
 *
 * @returns false if the worker does not hold the job any more; nothing is changed then
 */
export async function failJob(
  store: Kysely<Schema>,
  jobId: string,
  worker: string,
  error: string,
): Promise<boolean> {
  return atomically(store, async transaction => {
    const { numUpdatedRows } = await held(transaction, jobId, worker)
      .set({ state: 'failed', error, lease_until: null, ended_at: isoTime() })
      .executeTakeFirstOrThrow()
    if (numUpdatedRows === 1n) await failDependents(transaction, Date.now())
    return numUpdatedRows === 1n
  })
}

/** Puts back what a worker holds, e.g. when its process has ended; returns how many jobs. */
export async function releaseJobs(store: Kysely<Schema>, worker: string): Promise<number> {
  const { numUpdatedRows } = await store
    .updateTable('job')
    .set({ state: 'waiting', worker: null, lease_until: null })
    .where('worker', '=', worker)
    .where('state', '=', 'running')
    .executeTakeFirstOrThrow()
  return Number(numUpdatedRows)
}

/**
 * Puts back a job that its worker was told to give up: that start does not count, so a job that is
 * too long for many nights is not given up for good.
 */
export async function returnJob(
  store: Kysely<Schema>,
  jobId: string,
  worker: string,
): Promise<void> {
  await held(store, jobId, worker)
    .set(({ eb }) => ({
      state: 'waiting',
      worker: null,
      lease_until: null,
      attempts: eb('attempts', '-', 1),
    }))
    .execute()
}

function held(store: Kysely<Schema>, jobId: string, worker: string) {
  return store
    .updateTable('job')
    .where('id', '=', jobId)
    .where('worker', '=', worker)
    .where('state', '=', 'running')
}

/** Fails what needs a failed job, then what needs that, until nothing is left to fail. */
async function failDependents(transaction: Kysely<Schema>, now: number): Promise<void> {
  for (;;) {
    const { numUpdatedRows } = await transaction
      .updateTable('job')
      .set(({ selectFrom }) => ({
        state: 'failed',
        error: sql<string>`'needs ' || (${failedNeeds(selectFrom)
          .select('needed.title')
          .orderBy('needed.title')
          .limit(1)}) || ', which failed'`,
        ended_at: isoTime(now),
      }))
      .where('state', '=', 'waiting')
      .where(({ exists, selectFrom }) => exists(failedNeeds(selectFrom).select('needed.id')))
      .executeTakeFirstOrThrow()
    if (numUpdatedRows === 0n) return
  }
}

/** Of the row `job` of the query around it: the jobs that it needs and that failed. */
function failedNeeds(selectFrom: ExpressionBuilder<Schema, 'job'>['selectFrom']) {
  return selectFrom('job_dependency')
    .innerJoin('job as needed', 'needed.id', 'job_dependency.needs_id')
    .whereRef('job_dependency.job_id', '=', 'job.id')
    .where('needed.state', '=', 'failed')
}

function isoTime(milliseconds = Date.now()): string {
  return new Date(milliseconds).toISOString()
}
