import type { Kysely } from 'kysely'
import type { Job } from '../store/jobs.ts'
import type { Schema } from '../store/schema.ts'
import { attackJob } from './attack-job.ts'
import { certifyJob } from './certify-job.ts'
import { checkJob } from './check-job.ts'
import { corruptJob } from './corrupt-job.ts'
import { ensembleJob } from './ensemble-job.ts'
import { probeJob } from './probe-job.ts'
import { trainJob } from './train-job.ts'
import type { Workbench } from './workbench.ts'

/** Writes a job's rows, in the transaction that marks it done. */
export type Save = (transaction: Kysely<Schema>) => Promise<void>

/** For a job on a diverged model: it is done, there is nothing to measure. */
export const nothingToSave: Save = async () => {}

/** Does a job; what it returns stores the results. */
export function executeJob(bench: Workbench, job: Job): Promise<Save> {
  const config = JSON.parse(job.config)
  switch (job.kind) {
    case 'train':
      return trainJob(bench, job.id, config)
    case 'import':
      throw new Error('an import is done by the command that asks for it')
    case 'ensemble':
      return ensembleJob(bench, job.id, config)
    case 'attack':
      return attackJob(bench, job.id, config)
    case 'probe':
      return probeJob(bench, job.id, config)
    case 'check':
      return checkJob(bench, job.id, config)
    case 'corrupt':
      return corruptJob(bench, job.id, config)
    case 'certify':
      return certifyJob(bench, job.id, config)
  }
}
