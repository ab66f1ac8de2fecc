import { tf } from '../src/engine/tf.ts'
import type { Attack, Norm } from './attack.ts'
import { project, steepest } from './geometry.ts'

export interface FgsmOptions {
  readonly norm: Norm
  readonly epsilon: number
}

/**
 * Fast gradient sign method: one step of length epsilon from the clean input, on the cross-entropy
 * of the true label; its L2 form follows the normalised gradient.
 *
 *     x' = clip(x + ε · sign(g))    Linf
 *     x' = clip(x + ε · g / ‖g‖₂)   L2
 *
 * @see Goodfellow et al., "Explaining and harnessing adversarial examples", 2015
 */
export function fgsm({ norm, epsilon }: FgsmOptions): Attack {
  return {
    name: 'fgsm',
    norm,
    epsilon,
    config: { name: 'fgsm', norm, epsilon },
    requires: ['lossGradient'],
    run(victim, x, labels) {
      const { gradient, logits } = victim.lossGradient!(x, labels)
      const adversarial = tf.tidy(() =>
        project(
          tf.add(x, tf.mul(steepest(gradient, norm), epsilon)),
          x,
          norm,
          epsilon,
          victim.bounds,
        ),
      )
      tf.dispose([gradient, logits])
      return { adversarial, queries: new Float32Array(x.shape[0]!).fill(1) }
    },
  }
}
