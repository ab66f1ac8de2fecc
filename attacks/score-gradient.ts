import { z } from 'zod'
import { tf } from '../src/engine/tf.ts'
import type { Attack } from './attack.ts'
import type { AttackKind } from './attack-kind.ts'
import { ascendByEstimates, ascentQueries } from './estimated-ascent.ts'
import { steepest } from './geometry.ts'

const optionsSchema = z
  .strictObject({
    name: z.literal('score-gradient'),
    norm: z.enum(['linf', 'l2']).default('linf'),
    steps: z.int().min(1).max(100_000).default(20),
    /** Noisy inputs for each step; even with antithetic pairs. */
    samples: z.int().min(2).max(100_000).default(100),
    /** Standard deviation of the noise, in units of the input. */
    sigma: z.number().positive().max(1).default(0.05),
    /** Pairs of opposite noise; else independent noise with the clean loss as baseline. */
    antithetic: z.boolean().default(true),
    /** Length of a step as a multiple of epsilon; 2.5 / steps lets an example cross the ball. */
    relativeStep: z.number().positive().max(10).optional(),
    /** Whether to start at a random point of the ball or at the clean input. */
    randomStart: z.boolean().default(false),
  })
  .refine(({ samples, antithetic }) => !antithetic || samples % 2 === 0, {
    path: ['samples'],
    message: 'invalid samples: antithetic pairs need an even number',
  })
  .transform(options => ({ ...options, relativeStep: options.relativeStep ?? 2.5 / options.steps }))

type ScoreGradientOptions = z.output<typeof optionsSchema>

/**
 * Projected gradient descent on the cross-entropy with the input gradient that the likelihood-ratio
 * (score-function) method itself estimates: the attack that treats a network the way it was trained.
 * It needs scores alone, so it also climbs where autodiff sees a zero gradient.
 *
 * @see arXiv 2305.08960 for the estimator; Madry et al., 2018, for the steps
 */
function scoreGradient(options: ScoreGradientOptions, epsilon: number): Attack {
  const { norm, steps, randomStart, relativeStep } = options
  const ascent = {
    norm,
    epsilon,
    steps,
    randomStart,
    gradient: { ...options, law: 'gaussian' as const },
    loss: 'ce' as const,
    rule: {
      start: () => [],
      move: (gradient: tf.Tensor) => ({
        change: tf.mul(steepest(gradient, norm), relativeStep * epsilon),
        memory: [],
      }),
    },
  }
  return {
    name: 'score-gradient',
    norm,
    epsilon,
    config: { ...options, epsilon },
    requires: [],
    run: (victim, x, labels, random, observer) =>
      ascendByEstimates(ascent, victim, x, labels, random, observer),
  }
}

export const scoreGradientKind = {
  name: 'score-gradient',
  options: optionsSchema,
  create: scoreGradient,
  expectedQueries: options => ascentQueries(options.steps, { ...options, law: 'gaussian' }),
} satisfies AttackKind<ScoreGradientOptions>
