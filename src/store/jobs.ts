import { type ExpressionBuilder, type Kysely, type Selectable, sql } from 'kysely'
import { atomically } from './atomically.ts'
import { canonicalJson } from './canonical-json.ts'
import type { JobKind, JobState, JobTable, Schema } from './schema.ts'

/**
 * The job queue: whoever asks gets the first job that is ready, and holds it for the length of a
 * lease, renewed by heartbeats. When a worker dies its lease runs out and the job is taken again.
 *
 * A worker's name must be its own in all the world (host, process id, start time): holding a job
 * means that the job's row carries that name.
 */

/** A job to ask for. */
export interface NewJob {
  /** Hash of kind and config. */
  readonly id: string
  readonly kind: JobKind
  /** Everything that the job depends on; stored as JSON with sorted keys. */
  readonly config: object
  /** One line for people. */
  readonly title: string
  /** Expected seconds. */
  readonly cost: number
  /** Ids of the jobs whose results it reads; each must be in the same list. */
  readonly needs: readonly string[]
}

/** A job as its row says; `config` is JSON. */
export type Job = Selectable<JobTable>

/** How many jobs are in one state, and what they cost together (expected seconds). */
export interface JobTotal {
  readonly count: number
  readonly cost: number
}

/** The worker no longer holds the job: its results must not be written. */
export class LeaseLostError extends Error {
  override readonly name = 'LeaseLostError'
}

/** A job is started at most this often. */
export const maxAttempts = 3

/**
 * Asks for jobs in the order in which they are to be offered, for the nightly of that id.
 *
 * Jobs that are known are kept as they are, except failed ones, which are tried again. At the first
 * call for a nightly its `jobs_reused` is set.
 *
 * @returns how many of the jobs were already done
 * @throws Error if a job needs one that is not in the list
 */
export async function enqueue(
  store: Kysely<Schema>,
  nightlyId: string,
  jobs: readonly NewJob[],
): Promise<number> {
  const ids = new Set(jobs.map(job => job.id))
  for (const job of jobs) {
    const stranger = job.needs.find(id => !ids.has(id))
    if (stranger !== undefined)
      throw new Error(`unknown job: ${stranger}, which ${job.title} needs`)
  }
  return atomically(store, async transaction => {
    const asked = await transaction
      .selectFrom('nightly_job')
      .select('job_id')
      .where('nightly_id', '=', nightlyId)
      .executeTakeFirst()
    for (const job of jobs) await putJob(transaction, job)
    for (const [position, job] of jobs.entries()) {
      await putPlace(transaction, nightlyId, job, position)
    }
    const { done } = await jobProgress(transaction, nightlyId)
    if (asked === undefined) {
      await transaction
        .updateTable('nightly')
        .set({ jobs_reused: done.count })
        .where('id', '=', nightlyId)
        .execute()
    }
    return done.count
  })
}

async function putJob(transaction: Kysely<Schema>, job: NewJob): Promise<void> {
  await transaction
    .insertInto('job')
    .values({
      id: job.id,
      kind: job.kind,
      config: canonicalJson(job.config),
      title: job.title,
      cost: job.cost,
      state: 'waiting',
      attempts: 0,
    })
    .onConflict(conflict =>
      conflict
        .column('id')
        .doUpdateSet({ state: 'waiting', attempts: 0, error: null, worker: null, ended_at: null })
        .where('job.state', '=', 'failed'),
    )
    .execute()
}

async function putPlace(
  transaction: Kysely<Schema>,
  nightlyId: string,
  job: NewJob,
  position: number,
): Promise<void> {
  for (const needs_id of job.needs) {
    await transaction
      .insertInto('job_dependency')
      .values({ job_id: job.id, needs_id })
      .onConflict(conflict => conflict.doNothing())
      .execute()
  }
  await transaction
    .insertInto('nightly_job')
    .values({ nightly_id: nightlyId, job_id: job.id, position })
    .onConflict(conflict => conflict.columns(['nightly_id', 'job_id']).doUpdateSet({ position }))
    .execute()
}

/** Who asks for a job, and for how long. */
export interface Claim {
  readonly worker: string
  readonly nightlyId: string
  readonly leaseMilliseconds: number
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
  { worker, nightlyId, leaseMilliseconds, now = Date.now() }: Claim,
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
      .where('id', '=', firstReady(transaction, nightlyId, now))
      .returningAll()
      .executeTakeFirst()
  })
}

function firstReady(transaction: Kysely<Schema>, nightlyId: string, now: number) {
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

/** Number and expected cost of a nightly's jobs by state. */
export async function jobProgress(
  store: Kysely<Schema>,
  nightlyId: string,
): Promise<Readonly<Record<JobState, JobTotal>>> {
  const rows = await store
    .selectFrom('nightly_job')
    .innerJoin('job', 'job.id', 'nightly_job.job_id')
    .select(({ fn }) => [
      'job.state',
      fn.countAll<number>().as('count'),
      fn.sum<number>('job.cost').as('cost'),
    ])
    .where('nightly_job.nightly_id', '=', nightlyId)
    .groupBy('job.state')
    .execute()
  const total = (state: JobState): JobTotal => {
    const row = rows.find(row => row.state === state)
    return { count: Number(row?.count ?? 0), cost: Number(row?.cost ?? 0) }
  }
  return {
    waiting: total('waiting'),
    running: total('running'),
    done: total('done'),
    failed: total('failed'),
  }
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
