import type { Kysely } from 'kysely'
import type { CheckConfig } from '../../plans/job-config.ts'
import type { ExampleTable, Schema } from '../schema.ts'

/** One evaluation with every example, and the model that its examples were crafted on. */
export interface StoredEvaluation {
  readonly id: string
  readonly modelId: string
  readonly attack: string
  /** JSON. */
  readonly attackConfig: string
  readonly epsilon: number
  readonly seed: number
  readonly craftedOn: {
    readonly model: string
    readonly arm: string
    readonly architecture: string
    readonly seed: number
  }
  /** In the order of the test split. */
  readonly examples: readonly ExampleTable[]
}

/** The evaluations with these ids that there are, in this order. */
export async function storedEvaluations(
  store: Kysely<Schema>,
  ids: readonly string[],
): Promise<StoredEvaluation[]> {
  if (ids.length === 0) return []
  const evaluations = await store
    .selectFrom('evaluation')
    .innerJoin('model as source', 'source.id', 'evaluation.crafted_on')
    .where('evaluation.id', 'in', ids)
    .select(['evaluation.id', 'evaluation.model_id', 'evaluation.attack'])
    .select(['evaluation.attack_config', 'evaluation.epsilon', 'evaluation.seed'])
    .select(['source.id as source', 'source.arm', 'source.architecture'])
    .select('source.seed as sourceSeed')
    .execute()
  const examples = await store
    .selectFrom('example')
    .where('evaluation_id', 'in', ids)
    .orderBy('evaluation_id')
    .orderBy('example')
    .selectAll()
    .execute()
  const byEvaluation = new Map<string, ExampleTable[]>()
  for (const row of examples) {
    const before = byEvaluation.get(row.evaluation_id)
    if (before) before.push(row)
    else byEvaluation.set(row.evaluation_id, [row])
  }
  return evaluations
    .toSorted((a, b) => ids.indexOf(a.id) - ids.indexOf(b.id))
    .map(row => ({
      id: row.id,
      modelId: row.model_id,
      attack: row.attack,
      attackConfig: row.attack_config,
      epsilon: row.epsilon,
      seed: row.seed,
      craftedOn: {
        model: row.source,
        arm: row.arm,
        architecture: row.architecture,
        seed: row.sourceSeed,
      },
      examples: byEvaluation.get(row.id) ?? [],
    }))
}

/** What is known of models' training. */
export function knownModels(store: Kysely<Schema>, ids: readonly string[]) {
  return store
    .selectFrom('model')
    .innerJoin('environment', 'environment.id', 'model.environment_id')
    .innerJoin('dataset', 'dataset.id', 'model.dataset_id')
    .where('model.id', 'in', ids)
    .select(['model.id', 'model.arm', 'model.architecture', 'model.seed', 'model.state'])
    .select(['model.clean_accuracy', 'model.weights_sha256'])
    .select(['environment.commit_hash', 'dataset.sha256'])
    .select(({ selectFrom }) =>
      selectFrom('learning_curve')
        .whereRef('learning_curve.model_id', '=', 'model.id')
        .select(({ fn }) => fn.max('epoch').as('epochs'))
        .as('epochs'),
    )
    .execute()
}

/** One row of `knownModels`. */
export type KnownModel = Awaited<ReturnType<typeof knownModels>>[number]

/** What `v_worst_case` shows as a model's robust accuracy; undefined if of other evaluations. */
export async function shownAccuracy(
  store: Kysely<Schema>,
  { model, norm, epsilon, headline }: CheckConfig,
): Promise<number | undefined> {
  const row = await store
    .selectFrom('v_worst_case')
    .where('model_id', '=', model)
    .where('norm', '=', norm)
    .where('epsilon', '=', epsilon)
    .select(['white_box_attacks', 'white_box_accuracy'])
    .executeTakeFirst()
  if (row?.white_box_attacks !== headline.length) return undefined
  return row.white_box_accuracy ?? undefined
}
