import { type Kysely, sql } from 'kysely'
import type { Schema } from '../schema.ts'
import type { ExampleTable } from '../tables/evaluations.ts'

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

/**
 * Share of the first examples that are right under every one of these evaluations; undefined where
 * there is none.
 */
export async function survivingShare(
  store: Kysely<Schema>,
  evaluations: readonly string[],
  examples: number,
): Promise<number | undefined> {
  if (evaluations.length === 0) return undefined
  const rows = await store
    .selectFrom('example')
    .where('evaluation_id', 'in', evaluations)
    .where('example', '<', examples)
    .groupBy('example')
    .select(sql<number>`min(adversarial_prediction = label and success = 0)`.as('survived'))
    .execute()
  return rows.filter(({ survived }) => survived === 1).length / rows.length
}

/** Models with weights that were trained as this one: all arms and seeds, itself among them. */
export function trainedAlike(store: Kysely<Schema>, id: string) {
  return store
    .selectFrom('model as asked')
    .innerJoin('model', join =>
      join
        .onRef('model.dataset_id', '=', 'asked.dataset_id')
        .onRef('model.architecture_config', '=', 'asked.architecture_config')
        .onRef('model.training_config', '=', 'asked.training_config'),
    )
    .innerJoin('dataset', 'dataset.id', 'model.dataset_id')
    .where('asked.id', '=', id)
    .where(({ eb, or, ref }) =>
      or([eb('model.id', '=', ref('asked.id')), eb('asked.arm', '!=', 'imported')]),
    )
    .where('model.state', '=', 'trained')
    .orderBy('model.created_at')
    .orderBy('model.id')
    .select(['model.id', 'model.arm', 'model.architecture', 'model.seed', 'model.pair_id'])
    .select(['model.parameters', 'dataset.name as dataset', 'dataset.shape'])
    .execute()
}

/** One row of `trainedAlike`. */
export type AlikeModel = Awaited<ReturnType<typeof trainedAlike>>[number]

/** White-box evaluations of a model that are compared with those of others. */
export function whiteBoxEvaluations(store: Kysely<Schema>, model: string) {
  return store
    .selectFrom('evaluation')
    .where('model_id', '=', model)
    .whereRef('crafted_on', '=', 'model_id')
    .where('attack', '!=', 'none')
    .where('purpose', '=', 'comparison')
    .where('inference', 'is', null)
    .orderBy('id')
    .select(['id', 'norm', 'epsilon'])
    .execute()
}

/** Ids of all evaluations that there are. */
export async function evaluationIds(store: Kysely<Schema>): Promise<Set<string>> {
  const rows = await store.selectFrom('evaluation').select('id').execute()
  return new Set(rows.map(({ id }) => id))
}

/** A stored verdict with its findings in their order. */
export async function verdictById(store: Kysely<Schema>, id: string) {
  const verdict = await store
    .selectFrom('robustness_verdict')
    .where('id', '=', id)
    .selectAll()
    .executeTakeFirst()
  const findings = await store
    .selectFrom('robustness_check')
    .where('verdict_id', '=', id)
    .orderBy('position')
    .selectAll()
    .execute()
  return verdict && { ...verdict, findings }
}
