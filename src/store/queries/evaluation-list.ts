import { expressionBuilder, type RawBuilder, sql } from 'kysely'
import type { Schema } from '../schema.ts'
import type { Store } from '../store.ts'
import { isOnPage, type KeyedPage } from './by-key.ts'

/** Columns by which evaluations can be ordered. */
const columns = {
  created: sql`evaluation.created_at`,
  dataset: sql`dataset.name`,
  architecture: sql`model.architecture`,
  arm: sql`model.arm`,
  seed: sql`model.seed`,
  attack: sql`evaluation.attack`,
  epsilon: sql`evaluation.epsilon`,
  accuracy: sql`evaluation.robust_accuracy`,
  queries: sql`evaluation.queries_mean`,
  seconds: sql`evaluation.seconds`,
} satisfies Record<string, RawBuilder<unknown>>

/** What `evaluationList` and `countEvaluations` may leave out. */
export interface EvaluationFilter {
  readonly dataset?: string | undefined
  readonly architecture?: string | undefined
  readonly arm?: string | undefined
  readonly attack?: string | undefined
  readonly norm?: string | undefined
  readonly epsilon?: number | undefined
  /** The judged model. */
  readonly model?: string | undefined
  /** The model on which the examples were crafted. */
  readonly craftedOn?: string | undefined
  /** Whether that is another one than the judged model. */
  readonly transfer?: boolean | undefined
  /** A nightly that asked for the job of the evaluation. */
  readonly nightly?: string | undefined
}

/** A page of evaluations by key. */
export function evaluationList(
  store: Store,
  filter: EvaluationFilter,
  page: KeyedPage<keyof typeof columns>,
) {
  const column: RawBuilder<string | number> = columns[page.sort].$castTo()
  return joined(store)
    .innerJoin('model as source', 'source.id', 'evaluation.crafted_on')
    .where(only(filter))
    .where(isOnPage(page, column, sql.ref('evaluation.id')))
    .orderBy(column, page.order)
    .orderBy('evaluation.id', page.order)
    .limit(page.limit)
    .select([
      'evaluation.id',
      'evaluation.model_id',
      'dataset.name as dataset',
      'model.architecture',
      'model.arm',
      'model.seed',
      'evaluation.crafted_on',
      'source.arm as source_arm',
      'source.architecture as source_architecture',
      'source.seed as source_seed',
      'evaluation.attack',
      'evaluation.norm',
      'evaluation.epsilon',
      'evaluation.attack_config',
      'evaluation.seed as attack_seed',
      'evaluation.n',
      'evaluation.clean_correct',
      'evaluation.robust_correct',
      'evaluation.robust_accuracy',
      'evaluation.robust_accuracy_low',
      'evaluation.robust_accuracy_high',
      'evaluation.setting',
      'evaluation.purpose',
      'evaluation.inference',
      'evaluation.queries_mean',
      'evaluation.seconds',
      'evaluation.created_at',
      column.as('sort_value'),
    ])
    .execute()
}

/** One row of `evaluationList`. */
export type ListedEvaluation = Awaited<ReturnType<typeof evaluationList>>[number]

/** How many evaluations pass a filter. */
export async function countEvaluations(store: Store, filter: EvaluationFilter): Promise<number> {
  const row = await joined(store)
    .where(only(filter))
    .select(({ fn }) => fn.countAll<number>().as('evaluations'))
    .executeTakeFirstOrThrow()
  return row.evaluations
}

function joined(store: Store) {
  return store
    .selectFrom('evaluation')
    .innerJoin('model', 'model.id', 'evaluation.model_id')
    .innerJoin('dataset', 'dataset.id', 'model.dataset_id')
}

function only(filter: EvaluationFilter) {
  const where = expressionBuilder<Schema, 'evaluation' | 'model' | 'dataset'>()
  const { dataset, architecture, arm, attack, norm, epsilon, model, craftedOn, nightly } = filter
  return where.and([
    ...(dataset ? [where('dataset.name', '=', dataset)] : []),
    ...(architecture ? [where('model.architecture', '=', architecture)] : []),
    ...(arm ? [where('model.arm', '=', arm)] : []),
    ...(attack ? [where('evaluation.attack', '=', attack)] : []),
    ...(norm ? [where('evaluation.norm', '=', norm)] : []),
    ...(epsilon !== undefined ? [where('evaluation.epsilon', '=', epsilon)] : []),
    ...(model ? [where('evaluation.model_id', '=', model)] : []),
    ...(craftedOn ? [where('evaluation.crafted_on', '=', craftedOn)] : []),
    ...(filter.transfer !== undefined ? [isTransfer(filter.transfer)] : []),
    ...(nightly
      ? [
          where(
            'evaluation.id',
            'in',
            where
              .selectFrom('nightly_job')
              .where('nightly_job.nightly_id', '=', nightly)
              .select('nightly_job.job_id'),
          ),
        ]
      : []),
  ])
}

function isTransfer(transfer: boolean) {
  const where = expressionBuilder<Schema, 'evaluation'>()
  const model = where.ref('evaluation.model_id')
  return where('evaluation.crafted_on', transfer ? '!=' : '=', model)
}
