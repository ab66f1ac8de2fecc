import type { Network, Parameters } from '../../models/network.ts'
import { tf } from '../engine/tf.ts'

const batchSize = 250

/** The class with the highest logit for every output; of equal logits the first. */
export function classesOf(network: Network, parameters: Parameters, x: tf.Tensor): Int32Array {
  return tf.tidy(() => tf.argMax(network.logits(parameters, x), 1).dataSync()) as Int32Array
}

/**
 * The class with the highest logit for every image.
 *
 * @param images `[count, height, width, channels]`, row-major
 */
export function predict(
  network: Network,
  parameters: Parameters,
  images: Float32Array,
): Int32Array {
  return predictInBatches(x => classesOf(network, parameters, x), network.inputShape, images)
}

/**
 * What `classesOf` makes of every input, some at a time.
 *
 * @param inputs `[count · size]`
 */
export function predictInBatches(
  classesOf: (x: tf.Tensor) => Int32Array,
  inputShape: readonly number[],
  inputs: Float32Array,
): Int32Array {
  const size = inputShape.reduce((product, length) => product * length, 1)
  const count = inputs.length / size
  const predictions = new Int32Array(count)
  for (let first = 0; first < count; first += batchSize) {
    const last = Math.min(first + batchSize, count)
    const part = inputs.subarray(first * size, last * size)
    const x = tf.tensor(part, [last - first, ...inputShape])
    predictions.set(classesOf(x), first)
    x.dispose()
  }
  return predictions
}
