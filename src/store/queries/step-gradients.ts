import { sql } from 'kysely'
import type { Store } from '../store.ts'

/** Sizes of the gradient at one step of a sequence, see `StepGradientTable`. */
export interface StepNorms {
  readonly step: number
  readonly backprop: number
  readonly estimate: number
  readonly signal: number | null
}

/**
 * Every probe of a recurrent site on a data set's name, with what it found at each step: architecture by
 * architecture, arm by arm, site by site.
 *
 * The steps come as one text a probe, with 17 digits of each number: a row a step, with all that the
 * probes of many steps share, takes more time to read than to count.
 */
export async function stepGradients(store: Store, dataset: string) {
  const rows = await store
    .selectFrom('gradient_probe as probe')
    .innerJoin('model', 'model.id', 'probe.model_id')
    .innerJoin('dataset', 'dataset.id', 'model.dataset_id')
    .innerJoin('environment', 'environment.id', 'probe.environment_id')
    .where('dataset.name', '=', dataset)
    .where(({ exists, selectFrom }) =>
      exists(
        selectFrom('step_gradient')
          .whereRef('step_gradient.probe_id', '=', 'probe.id')
          .whereRef('step_gradient.site', '=', 'probe.site')
          .select('step_gradient.step'),
      ),
    )
    .orderBy('model.architecture')
    .orderBy('model.arm')
    .orderBy('probe.site_index')
    .orderBy('probe.copies')
    .orderBy('probe.sigma')
    .orderBy('model.seed')
    .orderBy('probe.id')
    .select(['probe.id as probe_id', 'probe.site', 'probe.copies', 'probe.sigma', 'probe.repeats'])
    .select(['probe.batch', 'probe.estimator_config as probe_config', 'probe.model_id'])
    .select(['model.architecture', 'model.arm', 'model.seed', 'model.architecture_config'])
    .select(['model.training_config', 'model.estimator_config', 'model.dataset_id'])
    .select(['model.pair_id', 'model.clean_accuracy', 'dataset.train_count', 'dataset.classes'])
    .select('environment.engine')
    .select(({ selectFrom }) =>
      selectFrom('step_gradient')
        .whereRef('step_gradient.probe_id', '=', 'probe.id')
        .whereRef('step_gradient.site', '=', 'probe.site')
        .select(
          sql<string>`group_concat(printf('[%d,%!.17g,%!.17g,', step, backprop_norm,
            estimate_norm) || iif(signal_norm is null, 'null', printf('%!.17g', signal_norm)) || ']')`.as(
            'texts',
          ),
        )
        .as('steps'),
    )
    .execute()
  return rows.map(row => ({ ...row, steps: toSteps(row.steps!) }))
}

/** One probe of `stepGradients`. */
export type StepGradients = Awaited<ReturnType<typeof stepGradients>>[number]

function toSteps(texts: string): StepNorms[] {
  const rows = JSON.parse(`[${texts}]`) as [number, number, number, number | null][]
  return rows
    .map(([step, backprop, estimate, signal]) => ({ step, backprop, estimate, signal }))
    .sort((a, b) => a.step - b.step)
}
