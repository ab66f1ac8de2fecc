import type { Store } from '../store.ts'

/** Accuracies on corrupted images that an execution asked for, in the order of its plan. */
export async function nightlyCorruptions(store: Store, nightlyId: string) {
  return await store
    .selectFrom('nightly_job')
    .innerJoin('corruption_accuracy as measured', 'measured.id', 'nightly_job.job_id')
    .innerJoin('environment', 'environment.id', 'measured.environment_id')
    .where('nightly_job.nightly_id', '=', nightlyId)
    .orderBy('nightly_job.position')
    .orderBy('measured.corruption')
    .orderBy('measured.severity')
    .select([
      'measured.id',
      'measured.model_id',
      'measured.corruption',
      'measured.severity',
      'measured.seed',
      'measured.n',
      'measured.accuracy',
      'environment.commit_hash',
    ])
    .execute()
}

/** What was decided on every corrupted image of these jobs. */
export async function nightlyCorruptionCodes(store: Store, jobs: readonly string[]) {
  if (jobs.length === 0) return []
  return await store
    .selectFrom('corruption_accuracy')
    .where('id', 'in', jobs)
    .select(['id', 'corruption', 'severity', 'codes'])
    .execute()
}

/** Certifications that an execution asked for, in the order of its plan. */
export async function nightlyCertifications(store: Store, nightlyId: string) {
  return await store
    .selectFrom('nightly_job')
    .innerJoin('certification', 'certification.id', 'nightly_job.job_id')
    .innerJoin('environment', 'environment.id', 'certification.environment_id')
    .where('nightly_job.nightly_id', '=', nightlyId)
    .orderBy('nightly_job.position')
    .select([
      'certification.id',
      'certification.model_id',
      'certification.sigma',
      'certification.selection',
      'certification.estimation',
      'certification.alpha',
      'certification.seed',
      'certification.n',
      'environment.commit_hash',
    ])
    .execute()
}

/** The certificates of these jobs, example by example. */
export async function nightlyCertificates(store: Store, jobs: readonly string[]) {
  if (jobs.length === 0) return []
  return await store
    .selectFrom('certificate')
    .where('certification_id', 'in', jobs)
    .select(['certification_id', 'example', 'label', 'prediction', 'radius'])
    .execute()
}

/** Verdicts of the robustness checks that an execution asked for, in the order of its plan. */
export async function nightlyVerdicts(store: Store, nightlyId: string) {
  return await store
    .selectFrom('nightly_job')
    .innerJoin('robustness_verdict as judged', 'judged.id', 'nightly_job.job_id')
    .innerJoin('environment', 'environment.id', 'judged.environment_id')
    .where('nightly_job.nightly_id', '=', nightlyId)
    .orderBy('nightly_job.position')
    .select([
      'judged.id',
      'judged.model_id',
      'judged.norm',
      'judged.epsilon',
      'judged.settings_config',
      'judged.seed',
      'judged.n',
      'judged.verdict',
      'environment.commit_hash',
    ])
    .execute()
}

/** An accuracy on corrupted images, a certification or a verdict that an execution asked for. */
export type NightlyCorruption = Awaited<ReturnType<typeof nightlyCorruptions>>[number]
export type NightlyCertification = Awaited<ReturnType<typeof nightlyCertifications>>[number]
export type NightlyVerdict = Awaited<ReturnType<typeof nightlyVerdicts>>[number]
export type NightlyCertificate = Awaited<ReturnType<typeof nightlyCertificates>>[number]
