import type { Store } from '../store.ts'

/**
 * All models that can be a source or a target of adversarial examples on a data set's name, oldest
 * first; ensembles too.
 */
export function transferModels(store: Store, dataset: string) {
  return store
    .selectFrom('model')
    .innerJoin('dataset', 'dataset.id', 'model.dataset_id')
    .where('dataset.name', '=', dataset)
    .where('model.state', '=', 'trained')
    .orderBy('model.created_at')
    .orderBy('model.id')
    .select(['model.id', 'model.dataset_id', 'model.architecture', 'model.architecture_config'])
    .select(['model.training_config', 'model.estimator_config', 'model.arm', 'model.seed'])
    .select(['model.clean_accuracy', 'dataset.classes'])
    .execute()
}

/** One row of `transferModels`. */
export type TransferModelRow = Awaited<ReturnType<typeof transferModels>>[number]

/**
 * The attacks on models of a data set's name as they are, without noise at inference, each with the
 * model that its examples were crafted on; without what the checks alone made.
 */
export function attackEvaluations(
  store: Store,
  dataset: string,
  settings: readonly ('evasion' | 'poisoning')[] = ['evasion'],
) {
  return store
    .selectFrom('evaluation')
    .innerJoin('model', 'model.id', 'evaluation.model_id')
    .innerJoin('dataset', 'dataset.id', 'model.dataset_id')
    .where('dataset.name', '=', dataset)
    .where('evaluation.attack', '!=', 'none')
    .where('evaluation.inference', 'is', null)
    .where('evaluation.purpose', '=', 'comparison')
    .where('evaluation.setting', 'in', settings)
    .orderBy('evaluation.created_at')
    .orderBy('evaluation.id')
    .select(['evaluation.id', 'evaluation.model_id', 'evaluation.crafted_on'])
    .select(['evaluation.attack', 'evaluation.attack_config', 'evaluation.norm'])
    .select(['evaluation.epsilon', 'evaluation.seed', 'evaluation.n'])
    .select(['evaluation.clean_correct', 'evaluation.robust_correct'])
    .select(['evaluation.setting', 'evaluation.seconds', 'model.architecture'])
    .execute()
}

/** One row of `attackEvaluations`. */
export type AttackEvaluationRow = Awaited<ReturnType<typeof attackEvaluations>>[number]
