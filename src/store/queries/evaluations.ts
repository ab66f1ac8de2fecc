import type { Store } from '../store.ts'

/**
 * The attacks of one norm on these models as they are, without noise at inference, with the model on
 * which the examples were crafted. Models trained on poisoned graphs are others and left out.
 */
export function evaluations(store: Store, models: readonly string[], norm: string) {
  return store
    .selectFrom('evaluation')
    .innerJoin('model as source', 'source.id', 'evaluation.crafted_on')
    .where('evaluation.model_id', 'in', [...models])
    .where('evaluation.norm', '=', norm)
    .where('evaluation.attack', '!=', 'none')
    .where('evaluation.inference', 'is', null)
    .where('evaluation.purpose', '=', 'comparison')
    .where('evaluation.setting', '=', 'evasion')
    .orderBy('evaluation.id')
    .select([
      'evaluation.id',
      'evaluation.model_id',
      'evaluation.crafted_on',
      'source.arm as source_arm',
      'source.architecture as source_architecture',
      'source.seed as source_seed',
      'source.pair_id as source_pair',
      'evaluation.attack',
      'evaluation.attack_config',
      'evaluation.epsilon',
      'evaluation.n',
      'evaluation.robust_correct',
    ])
    .execute()
}

/** One row of `evaluations`. */
export type EvaluationRow = Awaited<ReturnType<typeof evaluations>>[number]
