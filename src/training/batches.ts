import type { ImageDataset, ImageSplit } from '../data/dataset.ts'
import { tf } from '../engine/tf.ts'
import { generator } from '../random/generator.ts'
import { permutation } from '../random/shuffle.ts'
import type { Batch } from './estimators/estimator.ts'

/**
 * Batches without end: every epoch visits all examples once in an order of its own, given by seed
 * and epoch. A batch may straddle two epochs. Each batch belongs to the caller.
 */
export function* batches(
  split: ImageSplit,
  shape: ImageDataset['shape'],
  classes: number,
  size: number,
  seed: number,
): Generator<Batch, never> {
  const order = exampleOrder(split.count, seed)
  for (;;) {
    const chosen = Uint32Array.from({ length: size }, () => order.next().value)
    yield pick(split, shape, classes, chosen)
  }
}

/** The given examples of a split as tensors that belong to the caller. */
export function pick(
  split: ImageSplit,
  shape: ImageDataset['shape'],
  classes: number,
  examples: ArrayLike<number>,
): Batch {
  const size = shape[0] * shape[1] * shape[2]
  const images = new Float32Array(examples.length * size)
  const labels = new Float32Array(examples.length * classes)
  for (let at = 0; at < examples.length; at++) {
    const example = examples[at]!
    images.set(split.images.subarray(example * size, (example + 1) * size), at * size)
    labels[at * classes + split.labels[example]!] = 1
  }
  return {
    x: tf.tensor4d(images, [examples.length, ...shape]),
    labels: tf.tensor2d(labels, [examples.length, classes]),
  }
}

function* exampleOrder(count: number, seed: number): Generator<number, never> {
  for (let epoch = 0; ; epoch++) yield* permutation(count, generator(seed, 'order', epoch))
}
