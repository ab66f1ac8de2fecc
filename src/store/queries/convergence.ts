import type { Store } from '../store.ts'

/** The curves of these evaluations: part by part, from the first iteration. */
export function convergence(store: Store, evaluations: readonly string[]) {
  return store
    .selectFrom('attack_convergence')
    .where('evaluation_id', 'in', [...evaluations])
    .orderBy('evaluation_id')
    .orderBy('position')
    .orderBy('iteration')
    .selectAll()
    .execute()
}

/** One row of `convergence`. */
export type ConvergenceRow = Awaited<ReturnType<typeof convergence>>[number]
