import { z } from 'zod'
import { tf } from '../src/engine/tf.ts'
import { type Attack, normSchema } from './attack.ts'
import type { AttackKind } from './attack-kind.ts'
import { project, steepest } from './geometry.ts'
import { crossEntropy } from './losses.ts'

const optionsSchema = z.strictObject({ name: z.literal('fgsm'), norm: normSchema })

type FgsmOptions = z.output<typeof optionsSchema>

/**
 * Fast gradient sign method: one step of length epsilon from the clean input, on the cross-entropy
 * of the true label. Its L2 form follows the normalised gradient; its L1 form spends all of epsilon
 * on the coordinate with the largest gradient, shared among those that tie.
 *
 *     x' = clip(x + ε · sign(g))                      Linf
 *     x' = clip(x + ε · g / ‖g‖₂)                     L2
 *     x' = clip(x + ε · sign(g) at the largest |g|)   L1
 *
 * @see Goodfellow et al., "Explaining and harnessing adversarial examples", 2015; L1 as in
 * cleverhans
 */
function fgsm({ norm }: FgsmOptions, epsilon: number): Attack {
  return {
    name: 'fgsm',
    norm,
    epsilon,
    config: { name: 'fgsm', norm, epsilon },
    requires: ['lossGradient'],
    run(victim, x, labels) {
      const { gradient, logits, losses } = victim.lossGradient!(x, crossEntropy(labels))
      const adversarial = tf.tidy(() =>
        project(
          tf.add(x, tf.mul(steepest(gradient, norm), epsilon)),
          x,
          norm,
          epsilon,
          victim.bounds,
        ),
      )
      tf.dispose([gradient, logits, losses])
      return { adversarial, queries: new Float32Array(x.shape[0]!).fill(1) }
    },
  }
}

export const fgsmKind = {
  name: 'fgsm',
  options: optionsSchema,
  create: fgsm,
  expectedQueries: () => 1,
} satisfies AttackKind<FgsmOptions>
