import type { Store } from '../store.ts'

/** Where models and their evaluations were made. */
export function environmentsOf(store: Store, models: readonly string[]) {
  return store
    .selectFrom('environment')
    .where(({ or, eb, selectFrom }) =>
      or([
        eb('id', 'in', selectFrom('model').select('environment_id').where('id', 'in', models)),
        eb(
          'id',
          'in',
          selectFrom('evaluation').select('environment_id').where('model_id', 'in', models),
        ),
      ]),
    )
    .orderBy('id')
    .selectAll()
    .execute()
}

/** The executions of plans that asked for models, the latest first, with how far they came. */
export async function executionsOf(store: Store, models: readonly string[]) {
  const rows = await store
    .selectFrom('nightly')
    .innerJoin('nightly_job', 'nightly_job.nightly_id', 'nightly.id')
    .innerJoin('job', 'job.id', 'nightly_job.job_id')
    .where('nightly.id', 'in', ({ selectFrom }) =>
      selectFrom('nightly_job').select('nightly_id').where('job_id', 'in', models),
    )
    .groupBy(['nightly.id', 'nightly.plan', 'nightly.state', 'nightly.started_at'])
    .groupBy('nightly.ended_at')
    .orderBy('nightly.started_at', 'desc')
    .orderBy('nightly.id')
    .select(['nightly.id', 'nightly.plan', 'nightly.state', 'nightly.started_at as startedAt'])
    .select(({ fn }) => [
      'nightly.ended_at as endedAt',
      fn.countAll<number>().as('jobs'),
      fn.countAll<number>().filterWhere('job.state', '=', 'done').as('done'),
      fn.countAll<number>().filterWhere('job.state', '=', 'failed').as('failed'),
    ])
    .execute()
  return rows
}

/** Mean accuracy of models over natural corruptions. */
export function corruptionSummaries(store: Store, models: readonly string[]) {
  return store
    .selectFrom('v_corruption_summary')
    .where('model_id', 'in', models)
    .orderBy('arm')
    .orderBy('seed')
    .orderBy('job_id')
    .selectAll()
    .execute()
}

/** The data set of that id. */
export function datasetOf(store: Store, id: string) {
  return store.selectFrom('dataset').where('id', '=', id).selectAll().executeTakeFirstOrThrow()
}
