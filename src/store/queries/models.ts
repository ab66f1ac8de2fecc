import type { Store } from '../store.ts'

/** All models of a data set's name and an architecture, oldest first. */
export function models(store: Store, dataset: string, architecture: string) {
  return store
    .selectFrom('model')
    .innerJoin('dataset', 'dataset.id', 'model.dataset_id')
    .innerJoin('environment', 'environment.id', 'model.environment_id')
    .where('dataset.name', '=', dataset)
    .where('model.architecture', '=', architecture)
    .orderBy('model.created_at')
    .orderBy('model.id')
    .select([
      'model.id',
      'model.dataset_id',
      'dataset.name as dataset',
      'dataset.train_count',
      'dataset.test_count',
      'dataset.classes',
      'dataset.shape',
      'model.architecture',
      'model.architecture_config',
      'model.training_config',
      'model.estimator_config',
      'model.arm',
      'model.seed',
      'model.pair_id',
      'model.state',
      'model.clean_accuracy',
      'environment.engine',
      'model.created_at',
    ])
    .execute()
}

/** One row of `models`. */
export type ModelRow = Awaited<ReturnType<typeof models>>[number]
