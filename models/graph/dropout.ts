import { tf } from '../../src/engine/tf.ts'
import type { Stream } from '../../src/random/stream.ts'

/**
 * Sets components to zero and scales up the rest, in every copy the same ones.
 *
 * @param name equal names, equal components
 * @param x `[copies · …]`
 * @param size number of values of one copy
 * @returns a tensor of its own
 */
export type Dropout = (name: string, x: tf.Tensor, size: number) => tf.Tensor

/** Leaves everything as it is. */
export const noDropout: Dropout = (_name, x) => tf.clone(x)

/**
 * Inverted dropout: a component is zero with probability `rate`, else it is divided by 1 − rate.
 *
 * @see Srivastava et al., "Dropout: a simple way to prevent neural networks from overfitting", 2014
 */
export function dropout(rate: number, random: (name: string) => Stream): Dropout {
  const kept = 1 - rate
  const masks = new Map<string, Float32Array>()
  const maskOf = (name: string, size: number) => {
    const known = masks.get(name)
    if (known) return known
    const mask = random(name).uniforms(new Float32Array(size))
    // The integer part is 1 with probability 1 − rate; no branch, which nothing could predict.
    for (let at = 0; at < size; at++) mask[at] = Math.floor(mask[at]! + kept) / kept
    masks.set(name, mask)
    return mask
  }
  return (name, x, size) =>
    tf.tidy(() => {
      const copies = tf.reshape(x, [-1, size])
      return tf.reshape(tf.mul(copies, tf.tensor1d(maskOf(name, size))), x.shape)
    })
}
