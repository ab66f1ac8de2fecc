import type { Network, Parameters } from '../../models/network.ts'
import type { ImageSplit } from '../data/dataset.ts'
import { tf } from '../engine/tf.ts'

const batchSize = 250

/**
 * The class with the highest logit for every image; of equal logits the first.
 *
 * @param images `[count, height, width, channels]`, row-major
 */
export function predict(
  network: Network,
  parameters: Parameters,
  images: Float32Array,
): Int32Array {
  const size = network.inputShape.reduce((product, length) => product * length, 1)
  const count = images.length / size
  const predictions = new Int32Array(count)
  for (let first = 0; first < count; first += batchSize) {
    const last = Math.min(first + batchSize, count)
    const part = tf.tidy(() => {
      const x = tf.tensor(images.subarray(first * size, last * size), [
        last - first,
        ...network.inputShape,
      ])
      return tf.argMax(network.logits(parameters, x), 1).dataSync()
    })
    predictions.set(part, first)
  }
  return predictions
}

/** Share of the first `limit` examples of a split that are classified correctly. */
export function accuracy(
  network: Network,
  parameters: Parameters,
  split: ImageSplit,
  limit = split.count,
): number {
  const count = Math.min(limit, split.count)
  const size = split.images.length / split.count
  const predictions = predict(network, parameters, split.images.subarray(0, count * size))
  return predictions.reduce((sum, p, at) => sum + (p === split.labels[at] ? 1 : 0), 0) / count
}
