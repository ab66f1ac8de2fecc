import { z } from 'zod'
import { tf } from '../src/engine/tf.ts'
import type { Attack, Norm } from './attack.ts'
import type { AttackKind } from './attack-kind.ts'
import type { InputGradientOptions } from './estimate-input-gradient.ts'
import { ascendByEstimates, ascentQueries, type StepRule } from './estimated-ascent.ts'
import { steepest } from './geometry.ts'

const optionsSchema = z.strictObject({
  name: z.literal('nes'),
  norm: z.enum(['linf', 'l2']).default('linf'),
  steps: z.int().min(1).max(100_000).default(200),
  /** Noisy inputs for each step, in pairs of opposite noise. */
  samples: z.int().min(2).max(100_000).multipleOf(2).default(50),
  /** Standard deviation of the noise, in units of the input. */
  sigma: z.number().positive().max(1).default(0.001),
  /** Length of a step as a multiple of epsilon. */
  relativeStep: z.number().positive().max(10).default(0.1),
  /** Share of the running mean of gradients that survives a step. */
  momentum: z.number().min(0).max(0.9999).default(0.9),
})

type NesOptions = z.output<typeof optionsSchema>

/**
 * Natural evolution strategies: projected ascent on the cross-entropy along the running mean of
 * gradients that Gaussian noise in antithetic pairs gives, from the clean input. The defaults spend
 * 10 000 queries.
 *
 *     m ← μ m + (1 − μ) g,   x ← P(x + a · sign(m))   (L2: m / ‖m‖₂)
 *
 * @see Ilyas et al., "Black-box adversarial attacks with limited queries and information", 2018
 */
function nes(options: NesOptions, epsilon: number): Attack {
  const { norm, steps, relativeStep, momentum } = options
  const rule = steepestMean(norm, relativeStep * epsilon, momentum)
  const gradient = gradientOf(options)
  const loss = 'ce' as const
  const ascent = { norm, epsilon, steps, randomStart: false, gradient, loss, rule }
  return {
    name: 'nes',
    norm,
    epsilon,
    config: { ...options, epsilon },
    requires: [],
    run: (victim, x, labels, random, observer) =>
      ascendByEstimates(ascent, victim, x, labels, random, observer),
  }
}

const gradientOf = ({ samples, sigma }: NesOptions): InputGradientOptions => ({
  law: 'gaussian',
  samples,
  sigma,
  antithetic: true,
})

/** Steps of this length along the steepest direction of the running mean of gradients. */
export function steepestMean(norm: Norm, length: number, momentum: number): StepRule {
  return {
    start: x => [tf.zerosLike(x)],
    move(gradient, [before]) {
      const mean = tf.add(tf.mul(before!, momentum), tf.mul(gradient, 1 - momentum))
      return { change: tf.mul(steepest(mean, norm), length), memory: [mean] }
    },
  }
}

export const nesKind = {
  name: 'nes',
  options: optionsSchema,
  create: nes,
  expectedQueries: options => ascentQueries(options.steps, gradientOf(options)),
} satisfies AttackKind<NesOptions>
