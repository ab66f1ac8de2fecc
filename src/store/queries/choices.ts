import type { Store } from '../store.ts'

/** How many models there are of one data set, architecture, arm and engine; no ensembles of them. */
export function modelChoices(store: Store) {
  return store
    .selectFrom('model')
    .innerJoin('dataset', 'dataset.id', 'model.dataset_id')
    .innerJoin('environment', 'environment.id', 'model.environment_id')
    .where('model.arm', '!=', 'ensemble')
    .groupBy(['dataset.name', 'model.architecture', 'model.arm', 'environment.engine'])
    .orderBy('dataset.name')
    .orderBy('model.architecture')
    .orderBy('model.arm')
    .select(({ fn }) => [
      'dataset.name as dataset',
      'model.architecture',
      'model.arm',
      'environment.engine',
      fn.countAll<number>().as('models'),
    ])
    .execute()
}

/**
 * Which attacks and norms were run on the models of each data set and architecture as they are. Each
 * model is looked up once for an attack, not once for an evaluation.
 */
export function attackChoices(store: Store) {
  const met = store
    .selectFrom('evaluation')
    .where('attack', '!=', 'none')
    .where('inference', 'is', null)
    .where('purpose', '=', 'comparison')
    .select(['model_id', 'norm', 'attack'])
    .distinct()
  return store
    .selectFrom(met.as('met'))
    .innerJoin('model', 'model.id', 'met.model_id')
    .innerJoin('dataset', 'dataset.id', 'model.dataset_id')
    .where('model.arm', '!=', 'ensemble')
    .groupBy(['dataset.name', 'model.architecture', 'met.norm', 'met.attack'])
    .orderBy('met.norm')
    .orderBy('met.attack')
    .select(['dataset.name as dataset', 'model.architecture', 'met.norm', 'met.attack'])
    .execute()
}

/** How many gradient probes there are of each data set and architecture. */
export function probeChoices(store: Store) {
  const probed = store
    .selectFrom('gradient_probe')
    .groupBy('model_id')
    .select(({ fn }) => ['model_id', fn.countAll<number>().as('probes')])
  return store
    .selectFrom(probed.as('probed'))
    .innerJoin('model', 'model.id', 'probed.model_id')
    .innerJoin('dataset', 'dataset.id', 'model.dataset_id')
    .groupBy(['dataset.name', 'model.architecture'])
    .select(({ fn }) => [
      'dataset.name as dataset',
      'model.architecture',
      fn.sum<number>('probed.probes').as('probes'),
    ])
    .execute()
}
