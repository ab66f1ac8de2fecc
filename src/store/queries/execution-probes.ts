import type { Kysely } from 'kysely'
import type { Schema } from '../schema.ts'

/** All probes that an execution of a plan asked for, in the order of its plan, site by site. */
export async function executionProbes(store: Kysely<Schema>, nightlyId: string) {
  return await store
    .selectFrom('nightly_job')
    .innerJoin('v_gradient_variance as probe', 'probe.probe_id', 'nightly_job.job_id')
    .innerJoin('model', 'model.id', 'probe.model_id')
    .where('nightly_job.nightly_id', '=', nightlyId)
    .orderBy('nightly_job.position')
    .orderBy('probe.site_index')
    .selectAll('probe')
    .select('model.architecture_config')
    .execute()
}

/** One row of `executionProbes`. */
export type ExecutionProbe = Awaited<ReturnType<typeof executionProbes>>[number]
