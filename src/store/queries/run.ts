import type { Store } from '../store.ts'

/** Configuration, data set and environment of one run; undefined if there is no such run. */
export function run(store: Store, id: string) {
  return store
    .selectFrom('model')
    .innerJoin('dataset', 'dataset.id', 'model.dataset_id')
    .innerJoin('environment', 'environment.id', 'model.environment_id')
    .where('model.id', '=', id)
    .selectAll('model')
    .select([
      'dataset.name as dataset',
      'dataset.train_count',
      'dataset.test_count',
      'dataset.shape',
      'dataset.classes',
      'dataset.licence',
      'dataset.sha256',
      'environment.engine',
      'environment.versions',
      'environment.threads',
      'environment.device',
      'environment.settings',
      'environment.node_version',
      'environment.gauntlet_version',
      'environment.commit_hash',
    ])
    .executeTakeFirst()
}

/** The learning curve of a run, in the order of training. */
export function learningCurve(store: Store, id: string) {
  return store
    .selectFrom('learning_curve')
    .where('model_id', '=', id)
    .orderBy('updates')
    .selectAll()
    .execute()
}

/**
 * Every evaluation of a run, with the model on which its examples were crafted: the clean one
 * first, then the white-box attacks, then transfers.
 */
export function runEvaluations(store: Store, id: string) {
  return store
    .selectFrom('evaluation')
    .innerJoin('model as source', 'source.id', 'evaluation.crafted_on')
    .where('evaluation.model_id', '=', id)
    .orderBy(({ eb }) => eb('evaluation.attack', '!=', 'none'))
    .orderBy(({ eb, ref }) => eb('evaluation.crafted_on', '!=', ref('evaluation.model_id')))
    .orderBy('evaluation.setting')
    .orderBy('evaluation.norm')
    .orderBy('evaluation.attack')
    .orderBy('source.architecture')
    .orderBy('source.arm')
    .orderBy('source.seed')
    .orderBy('evaluation.epsilon')
    .orderBy('evaluation.id')
    .selectAll('evaluation')
    .select([
      'source.arm as source_arm',
      'source.architecture as source_architecture',
      'source.seed as source_seed',
    ])
    .execute()
}

/** What the attacks on a run changed of texts or a graph, by evaluation. */
export function runChanges(store: Store, id: string) {
  return store
    .selectFrom('v_attack_outcomes')
    .where('model_id', '=', id)
    .select([
      'evaluation_id',
      'changed_word_rate as changedWordRate',
      'changed_edges_mean as changedEdges',
      'changed_entries_mean as changedEntries',
    ])
    .execute()
}

/** The other models of a pair. */
export function partners(store: Store, pair: string, id: string) {
  return store
    .selectFrom('model')
    .where('pair_id', '=', pair)
    .where('id', '!=', id)
    .orderBy('arm')
    .orderBy('id')
    .select(['id', 'arm', 'seed', 'state', 'clean_accuracy'])
    .execute()
}
