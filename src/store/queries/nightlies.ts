import type { Kysely } from 'kysely'
import type { Schema } from '../schema.ts'
import type { Store } from '../store.ts'

const columns = [
  'nightly.id',
  'nightly.plan',
  'nightly.state',
  'nightly.started_at',
  'nightly.ended_at',
  'nightly.jobs_reused',
  'nightly.origin',
  'nightly.commits',
] as const

/** Which executions are listed. */
export interface NightlyPage {
  readonly id?: string | undefined
  readonly plan?: string | undefined
  /** Start and id of the last execution of the page before. */
  readonly after?: readonly [startedAt: string, id: string] | undefined
  readonly limit: number
}

/** Executions, the latest first, by key: a page costs the same wherever it is. */
export async function nightlies(store: Store, { id, plan, after, limit }: NightlyPage) {
  return await store
    .selectFrom('nightly')
    .leftJoin('nightly_comparison', 'nightly_comparison.nightly_id', 'nightly.id')
    .select(columns)
    .select(({ selectFrom, fn }) => [
      'nightly_comparison.against_id',
      selectFrom('nightly_change')
        .whereRef('nightly_change.nightly_id', '=', 'nightly.id')
        .where('verdict', '=', 'regression')
        .select(fn.countAll<number>().as('n'))
        .as('regressions'),
      selectFrom('nightly_change')
        .whereRef('nightly_change.nightly_id', '=', 'nightly.id')
        .where('verdict', '=', 'improvement')
        .select(fn.countAll<number>().as('n'))
        .as('improvements'),
    ])
    .$if(id !== undefined, query => query.where('nightly.id', '=', id!))
    .$if(plan !== undefined, query => query.where('nightly.plan', '=', plan!))
    .$if(after !== undefined, query =>
      query.where(({ eb, or, and }) =>
        or([
          eb('nightly.started_at', '<', after![0]),
          and([eb('nightly.started_at', '=', after![0]), eb('nightly.id', '<', after![1])]),
        ]),
      ),
    )
    .orderBy('nightly.started_at', 'desc')
    .orderBy('nightly.id', 'desc')
    .limit(limit)
    .execute()
}

/** How many jobs of these executions are in each state. */
export async function jobStates(store: Store, ids: readonly string[]) {
  if (ids.length === 0) return []
  return await store
    .selectFrom('nightly_job')
    .innerJoin('job', 'job.id', 'nightly_job.job_id')
    .where('nightly_job.nightly_id', 'in', [...ids])
    .groupBy(['nightly_job.nightly_id', 'job.state'])
    .select(({ fn }) => ['nightly_job.nightly_id', 'job.state', fn.countAll<number>().as('jobs')])
    .execute()
}

/** One execution with its plan as JSON; undefined where there is none of this id. */
export async function oneNightly(store: Kysely<Schema>, id: string) {
  return await store
    .selectFrom('nightly')
    .where('nightly.id', '=', id)
    .select(columns)
    .select('nightly.plan_config')
    .executeTakeFirst()
}

/** One execution, see `oneNightly`. */
export type NightlyRow = NonNullable<Awaited<ReturnType<typeof oneNightly>>>

/**
 * The latest execution of a plan that was made in this database and has ended: before another one,
 * where that is named.
 */
export async function latestOf(store: Store, plan: string, before?: NightlyRow) {
  return await store
    .selectFrom('nightly')
    .where('nightly.plan', '=', plan)
    .where('nightly.state', '<>', 'running')
    .where('nightly.origin', 'is', null)
    .$if(before !== undefined, query =>
      query
        .where('nightly.id', '<>', before!.id)
        .where('nightly.started_at', '<=', before!.started_at),
    )
    .orderBy('nightly.started_at', 'desc')
    .orderBy('nightly.id', 'desc')
    .select(columns)
    .select('nightly.plan_config')
    .limit(1)
    .executeTakeFirst()
}

/** The latest execution of any plan that was made in this database and has ended. */
export async function latestOfAll(store: Store) {
  return await store
    .selectFrom('nightly')
    .where('nightly.state', '<>', 'running')
    .where('nightly.origin', 'is', null)
    .orderBy('nightly.started_at', 'desc')
    .orderBy('nightly.id', 'desc')
    .select(columns)
    .select('nightly.plan_config')
    .limit(1)
    .executeTakeFirst()
}

/** Executions whose id begins like this, for people who type ids. */
export async function nightliesLike(store: Store, prefix: string) {
  return await store
    .selectFrom('nightly')
    .where('nightly.id', '>=', prefix)
    .where('nightly.id', '<', `${prefix}~`)
    .orderBy('nightly.id')
    .limit(2)
    .select(columns)
    .select('nightly.plan_config')
    .execute()
}

/** An execution's jobs, in the order of its plan. */
export async function nightlyJobs(store: Store, id: string) {
  return await store
    .selectFrom('nightly_job')
    .innerJoin('job', 'job.id', 'nightly_job.job_id')
    .where('nightly_job.nightly_id', '=', id)
    .orderBy('nightly_job.position')
    .select(['job.id', 'job.kind', 'job.title', 'job.state', 'job.error', 'job.seconds'])
    .select(['job.started_at', 'job.ended_at'])
    .execute()
}

/** One job of an execution. */
export type NightlyJob = Awaited<ReturnType<typeof nightlyJobs>>[number]
