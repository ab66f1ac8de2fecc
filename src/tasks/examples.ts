import type { Augmentation } from '../data/augment.ts'
import type { Dataset } from '../data/dataset.ts'
import { tf } from '../engine/tf.ts'
import { UsageError } from '../errors.ts'
import { generator } from '../random/generator.ts'
import { permutation } from '../random/shuffle.ts'
import type { Batch } from '../training/estimators/estimator.ts'

/** Labelled examples, each of which can be looked at alone. */
export interface Examples {
  readonly count: number
  readonly labels: ArrayLike<number>
  readonly classes: number
  /**
   * The inputs of these, `[examples, ...inputShape]`; belong to the caller.
   *
   * @param batch the number of the training batch they are for, if they are for one
   */
  inputs(examples: ArrayLike<number>, batch?: number): tf.Tensor
}

/** Batches without end, see `Task.batches`. */
export function* endlessBatches(
  examples: Examples,
  size: number,
  seed: number,
): Generator<Batch, never> {
  const order = exampleOrder(examples.count, seed)
  for (let batch = 0; ; batch++) {
    const chosen = Uint32Array.from({ length: size }, () => order.next().value)
    yield pick({ ...examples, inputs: drawn => examples.inputs(drawn, batch) }, chosen)
  }
}

/** @throws UsageError where there is an augmentation: it is for images alone */
export function requireNoAugmentation(
  { name }: Dataset,
  augmentation: Augmentation | undefined,
): void {
  if (augmentation) throw new UsageError(`invalid augmentation: ${name} holds no images`)
}

/** These examples as a batch that belongs to the caller. */
export function pick(examples: Examples, chosen: ArrayLike<number>): Batch {
  const { labels, classes } = examples
  return {
    x: examples.inputs(chosen),
    labels: oneHot(
      Array.from(chosen, example => labels[example]!),
      classes,
    ),
  }
}

/** One row for each label, all zeros for a label below zero; belongs to the caller. */
export function oneHot(labels: ArrayLike<number>, classes: number): tf.Tensor2D {
  const values = new Float32Array(labels.length * classes)
  for (let at = 0; at < labels.length; at++) {
    if (labels[at]! >= 0) values[at * classes + labels[at]!] = 1
  }
  return tf.tensor2d(values, [labels.length, classes])
}

/** 0, 1, …, count − 1 */
export function firstOf(count: number): number[] {
  return Array.from({ length: count }, (_, at) => at)
}

function* exampleOrder(count: number, seed: number): Generator<number, never> {
  for (let epoch = 0; ; epoch++) yield* permutation(count, generator(seed, 'order', epoch))
}
