import { sql } from 'kysely'
import type { Store } from '../store.ts'

/**
 * The attacks on these models that were made to compare them, with the model on which the examples
 * were crafted; in the order in which one is preferred where several are alike: from a source of
 * the model's own seed first.
 */
export function galleryEvaluations(store: Store, models: readonly string[]) {
  return store
    .selectFrom('evaluation')
    .innerJoin('model', 'model.id', 'evaluation.model_id')
    .innerJoin('model as source', 'source.id', 'evaluation.crafted_on')
    .where('evaluation.model_id', 'in', [...models])
    .where('evaluation.attack', '!=', 'none')
    .where('evaluation.purpose', '=', 'comparison')
    .orderBy(({ eb, ref }) => eb('source.seed', '!=', ref('model.seed')))
    .orderBy('evaluation.n', 'desc')
    .orderBy('evaluation.id')
    .select([
      'evaluation.id',
      'evaluation.model_id',
      'evaluation.crafted_on',
      'source.arm as source_arm',
      'source.architecture as source_architecture',
      'source.seed as source_seed',
      'evaluation.attack',
      'evaluation.norm',
      'evaluation.epsilon',
      'evaluation.attack_config',
      'evaluation.inference',
      'evaluation.setting',
      'evaluation.n',
      'evaluation.clean_correct',
      'evaluation.robust_correct',
      'evaluation.robust_accuracy',
      'evaluation.robust_accuracy_low',
      'evaluation.robust_accuracy_high',
    ])
    .execute()
}

/** One row of `galleryEvaluations`. */
export type GalleryEvaluation = Awaited<ReturnType<typeof galleryEvaluations>>[number]

/** Which of these models were attacked, to compare them. */
export async function attackedModels(
  store: Store,
  models: readonly string[],
): Promise<ReadonlySet<string>> {
  const rows = await store
    .selectFrom('evaluation')
    .where('model_id', 'in', [...models])
    .where('attack', '!=', 'none')
    .where('purpose', '=', 'comparison')
    .select('model_id')
    .distinct()
    .execute()
  return new Set(rows.map(row => row.model_id))
}

const held = sql<number>`clean_prediction = label and adversarial_prediction = label`

/** What an example has to be to pass a filter, over the rows of all evaluations. */
const filters = {
  all: sql<boolean>`true`,
  broken: sql<boolean>`sum(success) > 0`,
  one: sql<boolean>`sum(success) = 1`,
  held: sql<boolean>`sum(${held}) = count(*)`,
  wrong: sql<boolean>`sum(clean_prediction <> label) > 0`,
} as const

/** Name of a filter over examples. */
export type ExampleFilter = keyof typeof filters

/** The examples that each of these evaluations judged. */
function judgedByAll(store: Store, evaluations: readonly string[]) {
  return store
    .selectFrom('example')
    .where('evaluation_id', 'in', [...evaluations])
    .groupBy('example')
    .having(sql`count(*)`, '=', evaluations.length)
}

/** How many examples pass each filter. */
export async function filterCounts(
  store: Store,
  evaluations: readonly string[],
): Promise<Record<ExampleFilter, number>> {
  const judged = judgedByAll(store, evaluations).select([
    sql<number>`${filters.broken}`.as('broken'),
    sql<number>`${filters.one}`.as('one'),
    sql<number>`${filters.held}`.as('held'),
    sql<number>`${filters.wrong}`.as('wrong'),
  ])
  const total = (name: 'broken' | 'one' | 'held' | 'wrong') =>
    sql<number>`coalesce(sum(${sql.ref(name)}), 0)`.as(name)
  return await store
    .selectFrom(judged.as('judged'))
    .select(({ fn }) => fn.countAll<number>().as('all'))
    .select([total('broken'), total('one'), total('held'), total('wrong')])
    .executeTakeFirstOrThrow()
}

/**
 * Places of examples that pass a filter: ascending from `from` on, or descending before it.
 *
 * @param evaluations an example counts where each of these judged it
 */
export async function filteredExamples(
  store: Store,
  evaluations: readonly string[],
  filter: ExampleFilter,
  { from, limit, before = false }: FilteredRange,
): Promise<number[]> {
  const rows = await judgedByAll(store, evaluations)
    .where('example', before ? '<' : '>=', from)
    .having(filters[filter])
    .orderBy('example', before ? 'desc' : 'asc')
    .limit(limit)
    .select('example')
    .execute()
  return rows.map(row => row.example)
}

interface FilteredRange {
  readonly from: number
  readonly limit: number
  readonly before?: boolean
}

/** What these evaluations say of these examples. */
export function exampleRows(
  store: Store,
  evaluations: readonly string[],
  examples: readonly number[],
) {
  return store
    .selectFrom('example')
    .where('evaluation_id', 'in', [...evaluations])
    .where('example', 'in', [...examples])
    .selectAll()
    .execute()
}

/**
 * One evaluation with its data set, and the jobs that made it and its model; undefined if there is
 * none of this id.
 */
export function storedEvaluation(store: Store, id: string) {
  return store
    .selectFrom('evaluation')
    .innerJoin('model', 'model.id', 'evaluation.model_id')
    .innerJoin('dataset', 'dataset.id', 'model.dataset_id')
    .leftJoin('job as own', 'own.id', 'evaluation.id')
    .leftJoin('job as training', 'training.id', 'model.id')
    .where('evaluation.id', '=', id)
    .select([
      'evaluation.id',
      'evaluation.model_id',
      'evaluation.crafted_on',
      'evaluation.norm',
      'evaluation.n',
      'model.architecture_config',
      'dataset.name as dataset',
      'dataset.shape',
      'own.config as job_config',
      'training.config as model_config',
    ])
    .executeTakeFirst()
}

/** One row of `storedEvaluation`. */
export type StoredEvaluation = NonNullable<Awaited<ReturnType<typeof storedEvaluation>>>
