import type { Store } from '../../src/store/store.ts'

/** All gradients by step on a data set's name: model by model, site by site, from the first step. */
export function stepGradients(store: Store, dataset: string) {
  return store
    .selectFrom('v_gradient_by_step as gradient')
    .innerJoin('gradient_probe as probe', join =>
      join.onRef('probe.id', '=', 'gradient.probe_id').onRef('probe.site', '=', 'gradient.site'),
    )
    .innerJoin('model', 'model.id', 'gradient.model_id')
    .innerJoin('dataset', 'dataset.id', 'model.dataset_id')
    .innerJoin('environment', 'environment.id', 'probe.environment_id')
    .where('gradient.dataset', '=', dataset)
    .orderBy('gradient.architecture')
    .orderBy('gradient.arm')
    .orderBy('probe.site_index')
    .orderBy('gradient.copies')
    .orderBy('gradient.sigma')
    .orderBy('gradient.seed')
    .orderBy('gradient.probe_id')
    .orderBy('gradient.step')
    .selectAll('gradient')
    .select(['probe.batch', 'probe.estimator_config as probe_config'])
    .select(['model.architecture_config', 'model.training_config', 'model.estimator_config'])
    .select(['model.dataset_id', 'model.pair_id', 'model.clean_accuracy'])
    .select(['dataset.train_count', 'dataset.classes', 'environment.engine'])
    .execute()
}

/** One row of `stepGradients`. */
export type StepGradientRow = Awaited<ReturnType<typeof stepGradients>>[number]
