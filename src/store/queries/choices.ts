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

/** Which attacks and norms were run on the models of each data set and architecture as they are. */
export function attackChoices(store: Store) {
  return store
    .selectFrom('evaluation')
    .innerJoin('model', 'model.id', 'evaluation.model_id')
    .innerJoin('dataset', 'dataset.id', 'model.dataset_id')
    .where('evaluation.attack', '!=', 'none')
    .where('evaluation.inference', 'is', null)
    .where('model.arm', '!=', 'ensemble')
    .where('evaluation.purpose', '=', 'comparison')
    .groupBy(['dataset.name', 'model.architecture', 'evaluation.norm', 'evaluation.attack'])
    .orderBy('evaluation.norm')
    .orderBy('evaluation.attack')
    .select([
      'dataset.name as dataset',
      'model.architecture',
      'evaluation.norm',
      'evaluation.attack',
    ])
    .execute()
}

/** How many gradient probes there are of each data set and architecture. */
export function probeChoices(store: Store) {
  return store
    .selectFrom('gradient_probe')
    .innerJoin('model', 'model.id', 'gradient_probe.model_id')
    .innerJoin('dataset', 'dataset.id', 'model.dataset_id')
    .groupBy(['dataset.name', 'model.architecture'])
    .select(({ fn }) => [
      'dataset.name as dataset',
      'model.architecture',
      fn.countAll<number>().as('probes'),
    ])
    .execute()
}
