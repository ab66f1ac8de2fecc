import type { Store } from '../store.ts'

/** The gradient probes of these models: model by model, estimator by estimator, site by site. */
export function probes(store: Store, models: readonly string[]) {
  return selectProbes(store)
    .where('gradient_probe.model_id', 'in', [...models])
    .execute()
}

/** All gradient probes on a data set's name, in the order of `probes` within each architecture. */
export function probesOf(store: Store, dataset: string) {
  return selectProbes(store)
    .where('dataset.name', '=', dataset)
    .orderBy('model.architecture')
    .execute()
}

function selectProbes(store: Store) {
  return store
    .selectFrom('gradient_probe')
    .innerJoin('model', 'model.id', 'gradient_probe.model_id')
    .innerJoin('dataset', 'dataset.id', 'model.dataset_id')
    .innerJoin('environment', 'environment.id', 'gradient_probe.environment_id')
    .orderBy('model.arm')
    .orderBy('model.seed')
    .orderBy('gradient_probe.estimator')
    .orderBy('gradient_probe.copies')
    .orderBy('gradient_probe.sigma')
    .orderBy('gradient_probe.id')
    .orderBy('gradient_probe.site_index')
    .selectAll('gradient_probe')
    .select(['model.architecture', 'model.arm', 'model.seed', 'model.training_config'])
    .select(['dataset.train_count', 'environment.engine'])
}

/** One row of `probes`. */
export type ProbeRow = Awaited<ReturnType<typeof probes>>[number]
