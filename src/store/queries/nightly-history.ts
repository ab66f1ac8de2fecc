import type { Store } from '../store.ts'

/** Executions that a trend goes back to. */
const longest = 100

/** Plans that were executed, by name. */
export async function executedPlans(store: Store): Promise<string[]> {
  const rows = await store.selectFrom('nightly').select('plan').distinct().orderBy('plan').execute()
  return rows.map(({ plan }) => plan)
}

const subject = [
  'metric',
  'dataset',
  'architecture',
  'arm',
  'variant',
  'attack',
  'norm',
  'epsilon',
  'detail',
] as const

/** The latest executions with numbers that are kept: of a plan, or of the plan executed last. */
export async function measuredNightlies(store: Store, plan: string | undefined) {
  const measured = store
    .selectFrom('nightly')
    .where(({ exists, selectFrom }) =>
      exists(
        selectFrom('nightly_measure')
          .whereRef('nightly_measure.nightly_id', '=', 'nightly.id')
          .select('position'),
      ),
    )
    .orderBy('started_at', 'desc')
  const latest = plan ?? (await measured.select('plan').limit(1).executeTakeFirst())?.plan
  if (latest === undefined) return []
  return await measured
    .where('plan', '=', latest)
    .select(({ selectFrom, fn }) => [
      'id',
      'plan',
      'started_at',
      'commits',
      'jobs_reused',
      selectFrom('nightly_job')
        .whereRef('nightly_job.nightly_id', '=', 'nightly.id')
        .select(fn.countAll<number>().as('n'))
        .as('jobs'),
    ])
    .limit(longest)
    .execute()
}

/** What an execution measured, each subject once for every arm. */
export async function measuredSubjects(store: Store, nightlyId: string) {
  return await store
    .selectFrom('nightly_measure')
    .where('nightly_id', '=', nightlyId)
    .orderBy('position')
    .select(subject)
    .execute()
}

type Measured = Awaited<ReturnType<typeof measuredSubjects>>[number]

/** What a trend is of: all arms. */
export type TrendSubject = Omit<Measured, 'arm' | 'variant'>

/** The values of one subject in some executions. */
export async function measuredValues(store: Store, ids: readonly string[], of: TrendSubject) {
  return await store
    .selectFrom('nightly_measure')
    .where('nightly_id', 'in', [...ids])
    .where('dataset', '=', of.dataset)
    .where('architecture', '=', of.architecture)
    .where('metric', '=', of.metric)
    .where('attack', of.attack === null ? 'is' : '=', of.attack)
    .where('norm', of.norm === null ? 'is' : '=', of.norm)
    .where('epsilon', of.epsilon === null ? 'is' : '=', of.epsilon)
    .where('detail', '=', of.detail)
    .select(['nightly_id', 'arm', 'variant', 'seed', 'value', 'n'])
    .orderBy('seed')
    .execute()
}

/** The alarms about one subject in some executions. */
export async function alarmsAbout(store: Store, ids: readonly string[], of: TrendSubject) {
  return await store
    .selectFrom('nightly_change')
    .where('nightly_id', 'in', [...ids])
    .where('verdict', 'in', ['regression', 'improvement'])
    .where('dataset', '=', of.dataset)
    .where('architecture', '=', of.architecture)
    .where('metric', '=', of.metric)
    .where('attack', of.attack === null ? 'is' : '=', of.attack)
    .where('norm', of.norm === null ? 'is' : '=', of.norm)
    .where('epsilon', of.epsilon === null ? 'is' : '=', of.epsilon)
    .where('detail', '=', of.detail)
    .select(['nightly_id', 'arm', 'variant', 'verdict'])
    .execute()
}

/** How an execution compared with an earlier one; undefined where it was not. */
export async function storedComparison(store: Store, nightlyId: string) {
  return await store
    .selectFrom('nightly_comparison')
    .where('nightly_id', '=', nightlyId)
    .selectAll()
    .executeTakeFirst()
}

/** How many comparisons came to each verdict. */
export async function verdictCounts(store: Store, nightlyId: string) {
  return await store
    .selectFrom('nightly_change')
    .where('nightly_id', '=', nightlyId)
    .groupBy('verdict')
    .select(({ fn }) => ['verdict', fn.countAll<number>().as('changes')])
    .execute()
}

/** All comparisons but those that found nothing, the worst first. */
export async function storedChanges(store: Store, nightlyId: string) {
  return await store
    .selectFrom('nightly_change')
    .leftJoin('model', 'model.id', 'nightly_change.model_id')
    .where('nightly_change.nightly_id', '=', nightlyId)
    .where('verdict', '<>', 'unchanged')
    .orderBy('holm')
    .orderBy('position')
    .selectAll('nightly_change')
    .select('model.id as model_here')
    .execute()
}
