import type { Parameters } from '../../models/network.ts'
import { tf } from '../engine/tf.ts'

/** Euclidean norm over all gradients together. */
export function gradientNorm(gradients: Parameters): number {
  return tf.tidy(() =>
    Math.sqrt(tf.addN(Object.values(gradients).map(g => tf.sum(tf.square(g)))).dataSync()[0]!),
  )
}

/**
 * Gradients scaled so that their common norm is at most `limit`; they replace the given ones,
 * which are freed if they change.
 *
 * @see Pascanu et al., "On the difficulty of training recurrent neural networks", 2013
 */
export function clipToNorm(
  gradients: Record<string, tf.Tensor>,
  norm: number,
  limit: number,
): Record<string, tf.Tensor> {
  if (!(norm > limit)) return gradients
  const clipped = Object.fromEntries(
    Object.entries(gradients).map(([name, gradient]) => [name, tf.mul(gradient, limit / norm)]),
  )
  tf.dispose(gradients)
  return clipped
}
