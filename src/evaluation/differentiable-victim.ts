import type { Victim } from '../../attacks/victim.ts'
import { tf } from '../engine/tf.ts'
import { differentiatedLoss } from './differentiated-loss.ts'

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
    lossGradient: (x, loss) => differentiatedLoss(logits, x, loss),
  }
}
