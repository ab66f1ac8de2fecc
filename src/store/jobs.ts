import type { Kysely } from 'kysely'
import { atomically } from './atomically.ts'
import { canonicalJson } from './canonical-json.ts'
import type { Schema } from './schema.ts'
import type { JobKind, JobState } from './tables/work.ts'

export {
  type Claim,
  claimJob,
  completeJob,
  failJob,
  heartbeat,
  type Job,
  LeaseLostError,
  maxAttempts,
  releaseJobs,
  returnJob,
} from './job-lease.ts'

/**
 * The job queue, from the side of those who ask for work; job-lease.ts is the side of the workers.
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

/** How many jobs are in one state, and what they cost together (expected seconds). */
export interface JobTotal {
  readonly count: number
  readonly cost: number
}

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
