import type { Victim } from '../../attacks/victim.ts'
import { tf } from '../engine/tf.ts'

const batchSize = 250

/** The class with the highest logit for every output; of equal logits the first. */
export function classesOf(logits: Victim['logits'], x: tf.Tensor): Int32Array {
  return tf.tidy(() => tf.argMax(logits(x), 1).dataSync()) as Int32Array
}

/**
 * The class with the highest logit for every image.
 *
 * @param images `[count, height, width, channels]`, row-major
 */
export function predict(
  { inputShape, logits }: Pick<Victim, 'inputShape' | 'logits'>,
  images: Float32Array,
): Int32Array {
  const size = inputShape.reduce((product, length) => product * length, 1)
  const count = images.length / size
  const predictions = new Int32Array(count)
  for (let first = 0; first < count; first += batchSize) {
    const last = Math.min(first + batchSize, count)
    const part = images.subarray(first * size, last * size)
    const x = tf.tensor(part, [last - first, ...inputShape])
    predictions.set(classesOf(logits, x), first)
    x.dispose()
  }
  return predictions
}
