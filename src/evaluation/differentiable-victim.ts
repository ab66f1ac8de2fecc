import type { Victim } from '../../attacks/victim.ts'
import { tf } from '../engine/tf.ts'

/**
 * A victim whose class scores are a differentiable function of its input.
 *
 * @param logits maps `[batch, ...inputShape]` to `[batch, classes]`
 */
export function differentiableVictim(
  logits: (x: tf.Tensor) => tf.Tensor2D,
  { classes, inputShape }: Pick<Victim, 'classes' | 'inputShape'>,
): Victim {
  return {
    classes,
    bounds: [0, 1],
    inputShape,
    capabilities: ['lossGradient'],
    logits: x => tf.tidy(() => logits(x)),
    lossGradient(x, loss) {
      let seen: { readonly logits: tf.Tensor2D; readonly losses: tf.Tensor1D } | undefined
      const { value, grad } = tf.valueAndGrad((input: tf.Tensor) => {
        const scores = logits(input)
        const losses = loss(scores)
        seen = { logits: tf.keep(tf.clone(scores)), losses: tf.keep(tf.clone(losses)) }
        return tf.sum(losses) as tf.Scalar
      })(x)
      const kept = seen!
      // What is kept would outlive a tidy of the caller's.
      const owned = { gradient: grad, logits: tf.clone(kept.logits), losses: tf.clone(kept.losses) }
      tf.dispose([value, kept.logits, kept.losses])
      return owned
    },
  }
}
