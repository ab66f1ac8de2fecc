import { tf } from '../src/engine/tf.ts'
import { tidied } from '../src/engine/tidied.ts'
import type { AttackLoss, LossGradient, Victim } from './victim.ts'

/**
 * Loss, gradient and logits as the mean over several calls: for a victim with noise the gradient of
 * its expected loss, estimated from that many draws. The tensors belong to the caller.
 *
 * @param x `[batch, ...]`
 * @see Athalye et al., "Synthesizing robust adversarial examples", 2018
 */
export function expectedLossGradient(
  victim: Victim,
  x: tf.Tensor,
  loss: AttackLoss,
  calls: number,
): LossGradient {
  let total = victim.lossGradient!(x, loss)
  for (let call = 1; call < calls; call++) {
    const next = victim.lossGradient!(x, loss)
    const before = total
    total = tidied(() => ({
      gradient: tf.add(before.gradient, next.gradient),
      losses: tf.add<tf.Tensor1D>(before.losses, next.losses),
      logits: tf.add<tf.Tensor2D>(before.logits, next.logits),
    }))
    tf.dispose([...Object.values(before), ...Object.values(next)])
  }
  if (calls === 1) return total
  const { gradient, losses, logits } = total
  const mean = tidied(() => ({
    gradient: tf.div(gradient, calls),
    losses: tf.div<tf.Tensor1D>(losses, calls),
    logits: tf.div<tf.Tensor2D>(logits, calls),
  }))
  tf.dispose([gradient, losses, logits])
  return mean
}
