import type { NetworkInput } from '../../models/input.ts'
import type { Network, Parameters } from '../../models/network.ts'
import type { Augmentation } from '../data/augment.ts'
import type { Dataset } from '../data/dataset.ts'
import type { Batch } from '../training/estimators/estimator.ts'
import { graphTask } from './graph-task.ts'
import { imageTask } from './image-task.ts'
import { sequenceTask } from './sequence-task.ts'

/** A data set as training, probes and evaluation use it, whatever it holds. */
export interface Task {
  /** What a network for it is built for. */
  readonly input: NetworkInput
  /** Examples, or nodes of a graph, that are trained on. */
  readonly train: number
  /** Of those that are tested on, the classes in their order. */
  readonly testLabels: ArrayLike<number>

  /** Share of the training split that one update visits; a graph is visited whole. */
  share(batch: number): number

  /**
   * Batches without end: every epoch visits all of the training split once, in an order of its own
   * given by seed and epoch. A batch may straddle two epochs. Each belongs to the caller.
   *
   * @throws UsageError for an augmentation of what are no images
   */
  batches(size: number, seed: number, augmentation?: Augmentation): Generator<Batch, never>

  /** The first `count` of the training split; belongs to the caller. */
  first(count: number): Batch

  /** The class of highest logit for the first `limit` of the test split. */
  predict(network: Network, parameters: Parameters, limit?: number): Int32Array
}

/** The task of classifying this data set. */
export function taskOf(dataset: Dataset): Task {
  switch (dataset.kind) {
    case 'images':
      return imageTask(dataset)
    case 'sequences':
      return sequenceTask(dataset)
    case 'graph':
      return graphTask(dataset)
  }
}

/** Share of the first `limit` of the test split that are classified correctly. */
export function testAccuracy(
  task: Task,
  network: Network,
  parameters: Parameters,
  limit = task.testLabels.length,
): number {
  const count = Math.min(limit, task.testLabels.length)
  const predictions = task.predict(network, parameters, count)
  let correct = 0
  for (let at = 0; at < count; at++) if (predictions[at] === task.testLabels[at]) correct++
  return correct / count
}
