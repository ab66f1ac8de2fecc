import { z } from 'zod'
import { tf } from '../../src/engine/tf.ts'
import { crossEntropy } from '../losses.ts'
import type { AttackLoss } from '../victim.ts'
import type { TokenText } from './text-attack.ts'

/**
 * What a gradient attack raises: the cross-entropy of the label, or the margin by which another
 * class is ahead. In float32 the cross-entropy has no slope left where a model is very sure.
 */
export const textLossSchema = z.enum(['ce', 'margin']).default('ce')

export type TextLossName = z.output<typeof textLossSchema>

/** The loss of these texts, and the tensor that it holds: for the caller to dispose of. */
export function textLoss(
  name: TextLossName,
  texts: readonly TokenText[],
): { readonly loss: AttackLoss; readonly labels: tf.Tensor1D } {
  const labels = tf.tensor1d(
    texts.map(({ label }) => label),
    'int32',
  )
  return { loss: { ce: crossEntropy, margin }[name](labels), labels }
}

/** `max_{i≠y} zᵢ − z_y` */
function margin(labels: tf.Tensor1D): AttackLoss {
  return logits => {
    const own = tf.oneHot(labels, logits.shape[1])
    const others = tf.where(tf.cast(own, 'bool'), tf.fill(own.shape, -Infinity), logits)
    const best = tf.oneHot(tf.argMax(others, 1), logits.shape[1])
    return tf.sum(tf.mul(logits, tf.sub(best, own)), 1) as tf.Tensor1D
  }
}
