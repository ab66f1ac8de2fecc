import { z } from 'zod'
import { tf } from '../../src/engine/tf.ts'
import { crossEntropy, margin } from '../losses.ts'
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
