import { buildNetwork } from '../../models/architecture.ts'
import type { Network } from '../../models/network.ts'
import type { TrainConfig } from '../plans/job-config.ts'
import type { Task } from '../tasks/task.ts'
import { createEstimator } from '../training/estimators/create-estimator.ts'
import { lossOf } from '../training/loss.ts'
import { type Progress, type Trained, train } from '../training/train.ts'

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
