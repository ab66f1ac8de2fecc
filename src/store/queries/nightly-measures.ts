import type { Store } from '../store.ts'

/** The models that an execution asked for, ensembles left out, in the order of its plan. */
export async function nightlyModels(store: Store, nightlyId: string) {
  return await store
    .selectFrom('nightly_job')
    .innerJoin('model', 'model.id', 'nightly_job.job_id')
    .innerJoin('dataset', 'dataset.id', 'model.dataset_id')
    .innerJoin('environment', 'environment.id', 'model.environment_id')
    .where('nightly_job.nightly_id', '=', nightlyId)
    .where('model.arm', '!=', 'ensemble')
    .orderBy('nightly_job.position')
    .select([
      'model.id',
      'model.dataset_id',
      'dataset.name as dataset',
      'model.architecture',
      'model.architecture_config',
      'model.arm',
      'model.estimator_config',
      'model.training_config',
      'model.seed',
      'model.state',
      'model.seconds',
      'model.weights_sha256',
      'environment.engine',
      'environment.versions',
      'environment.device',
      'environment.threads',
      'environment.commit_hash',
    ])
    .execute()
}

/** The evaluations that an execution asked for, in the order of its plan. */
export async function nightlyEvaluations(store: Store, nightlyId: string) {
  return await store
    .selectFrom('nightly_job')
    .innerJoin('evaluation', 'evaluation.id', 'nightly_job.job_id')
    .innerJoin('model as source', 'source.id', 'evaluation.crafted_on')
    .innerJoin('environment', 'environment.id', 'evaluation.environment_id')
    .where('nightly_job.nightly_id', '=', nightlyId)
    .where('evaluation.purpose', '=', 'comparison')
    .orderBy('nightly_job.position')
    .select([
      'evaluation.id',
      'evaluation.model_id',
      'evaluation.crafted_on',
      'source.architecture as source_architecture',
      'source.arm as source_arm',
      'source.seed as source_seed',
      'evaluation.attack',
      'evaluation.attack_config',
      'evaluation.norm',
      'evaluation.epsilon',
      'evaluation.setting',
      'evaluation.inference',
      'evaluation.seed',
      'evaluation.n',
      'evaluation.robust_accuracy',
      'environment.commit_hash',
    ])
    .execute()
}

/** The probes that an execution asked for, site by site, in the order of its plan. */
export async function nightlyProbes(store: Store, nightlyId: string) {
  return await store
    .selectFrom('nightly_job')
    .innerJoin('gradient_probe', 'gradient_probe.id', 'nightly_job.job_id')
    .innerJoin('environment', 'environment.id', 'gradient_probe.environment_id')
    .where('nightly_job.nightly_id', '=', nightlyId)
    .orderBy('nightly_job.position')
    .orderBy('gradient_probe.site_index')
    .select([
      'gradient_probe.id',
      'gradient_probe.model_id',
      'gradient_probe.site',
      'gradient_probe.estimator',
      'gradient_probe.estimator_config',
      'gradient_probe.copies',
      'gradient_probe.sigma',
      'gradient_probe.repeats',
      'gradient_probe.relative_variance',
      'gradient_probe.cosine_mean',
      'gradient_probe.cosine_sd',
      'environment.commit_hash',
    ])
    .execute()
}

/** Jobs of a model, an evaluation or a probe that an execution asked for, as it names them. */
export type NightlyModel = Awaited<ReturnType<typeof nightlyModels>>[number]
export type NightlyEvaluation = Awaited<ReturnType<typeof nightlyEvaluations>>[number]
export type NightlyProbe = Awaited<ReturnType<typeof nightlyProbes>>[number]
