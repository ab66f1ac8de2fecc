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
  value.dispose()
  return { gradient: grad, ...seen! }
}
