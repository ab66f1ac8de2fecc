import type { AttackLoss, LossGradient } from '../../attacks/victim.ts'
import { tf } from '../engine/tf.ts'

/** Loss, logits and the gradient of the summed loss with respect to `x`; belong to the caller. */
export function differentiatedLoss(
  logitsOf: (x: tf.Tensor) => tf.Tensor2D,
  x: tf.Tensor,
  loss: AttackLoss,
): LossGradient {
  let seen: Omit<LossGradient, 'gradient'> | undefined
  const { value, grad } = tf.valueAndGrad((input: tf.Tensor) => {
    const logits = logitsOf(input)
    const losses = loss(logits)
    seen = { logits: tf.keep(tf.clone(logits)), losses: tf.keep(tf.clone(losses)) }
    return tf.sum(losses) as tf.Scalar
  })(x)
  const kept = seen!
  // What is kept would outlive a tidy of the caller's.
  const owned = { gradient: grad, logits: tf.clone(kept.logits), losses: tf.clone(kept.losses) }
  tf.dispose([value, kept.logits, kept.losses])
  return owned
}
