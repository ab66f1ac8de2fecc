import { buildNetwork } from '../../models/architecture.ts'
import type { Network } from '../../models/network.ts'
import type { Dataset } from '../data/dataset.ts'
import { loadDataset } from '../data/load.ts'
import { entryNamed } from '../data/registry.ts'
import { WorkError } from '../errors.ts'
import type { DataConfig, TrainConfig } from '../plans/job-config.ts'
import type { Task } from '../tasks/task.ts'
import { createEstimator } from '../training/estimators/create-estimator.ts'
import { lossOf } from '../training/loss.ts'
import { type Progress, type Trained, train } from '../training/train.ts'

/**
 * The data that a configuration names.
 *
 * @throws WorkError if what is found is not what the configuration was made with
 */
export async function loadConfiguredData(
  { sha256, train, test, ...request }: DataConfig,
  dataFolder: string | undefined,
): Promise<Dataset> {
  const { kind } = entryNamed(request.name)
  // A graph has a split of its own.
  const counts = kind === 'graph' ? {} : { train, test }
  const dataset = await loadDataset({ ...request, ...counts }, { data: dataFolder })
  if (dataset.sha256 === sha256) return dataset
  throw new WorkError(
    `wrong data: ${request.name} has SHA-256 ${dataset.sha256}, the plan was made with ${sha256}`,
  )
}

/** Trains what a configuration says; the parameters belong to the caller. */
export async function trainConfigured(
  config: TrainConfig,
  task: Task,
  onProgress?: Progress,
): Promise<{ readonly network: Network; readonly trained: Trained }> {
  const network = buildNetwork(config.architecture, task.input)
  const trained = await train({
    network,
    task,
    estimator: createEstimator(config.estimator, lossOf(config.training.loss)),
    options: config.training,
    seed: config.seed,
    ...(onProgress && { onProgress }),
  })
  return { network, trained }
}
