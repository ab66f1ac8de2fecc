import type { Store } from '../store.ts'

/** The gradient probes of these models: model by model, estimator by estimator, site by site. */
export function probes(store: Store, models: readonly string[]) {
  return store
    .selectFrom('gradient_probe')
    .innerJoin('model', 'model.id', 'gradient_probe.model_id')
    .where('gradient_probe.model_id', 'in', [...models])
    .orderBy('model.arm')
    .orderBy('model.seed')
    .orderBy('gradient_probe.estimator')
    .orderBy('gradient_probe.copies')
    .orderBy('gradient_probe.sigma')
    .orderBy('gradient_probe.id')
    .orderBy('gradient_probe.site_index')
    .selectAll('gradient_probe')
    .select(['model.arm', 'model.seed'])
    .execute()
}

/** One row of `probes`. */
export type ProbeRow = Awaited<ReturnType<typeof probes>>[number]
