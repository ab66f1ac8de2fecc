import { z } from 'zod'
import { tf } from '../src/engine/tf.ts'
import type { Attack } from './attack.ts'
import type { AttackKind } from './attack-kind.ts'
import type { InputGradientOptions } from './estimate-input-gradient.ts'
import { ascendByEstimates, ascentQueries, type StepRule } from './estimated-ascent.ts'

const optionsSchema = z.strictObject({
  name: z.literal('spsa'),
  norm: z.enum(['linf', 'l2']).default('linf'),
  steps: z.int().min(1).max(100_000).default(100),
  /** Noisy inputs for each step, in pairs of opposite noise. */
  samples: z.int().min(2).max(100_000).multipleOf(2).default(128),
  /** Length of the finite difference along every coordinate, in units of the input. */
  delta: z.number().positive().max(1).default(0.01),
  /** Adam's rate, in units of the input. */
  learningRate: z.number().positive().max(1).default(0.01),
})

type SpsaOptions = z.output<typeof optionsSchema>

/**
 * Simultaneous perturbation: projected Adam on the margin `max_{i≠y} z_i − z_y`, its gradient from
 * finite differences along random signs. It starts at a random point of the ball. Defaults are those
 * of cleverhans.
 *
 * @see Uesato et al., "Adversarial risk and the dangers of evaluating against weak attacks", 2018
 */
function spsa(options: SpsaOptions, epsilon: number): Attack {
  const { norm, steps, learningRate } = options
  const rule = adam(learningRate)
  const gradient = gradientOf(options)
  const ascent = {
    norm,
    epsilon,
    steps,
    randomStart: true,
    gradient,
    loss: 'margin' as const,
    rule,
  }
  return {
    name: 'spsa',
    norm,
    epsilon,
    config: { ...options, epsilon },
    requires: [],
    run: (victim, x, labels, random, observer) =>
      ascendByEstimates(ascent, victim, x, labels, random, observer),
  }
}

const gradientOf = ({ samples, delta }: SpsaOptions): InputGradientOptions => ({
  law: 'rademacher',
  samples,
  sigma: delta,
  antithetic: true,
})

/**
 * Adam, upwards: a gradient that stays the same moves every value by `rate`.
 *
 * @see Kingma and Ba, "Adam", 2015
 */
export function adam(rate: number, beta1 = 0.9, beta2 = 0.999): StepRule {
  return {
    start: x => [tf.zerosLike(x), tf.zerosLike(x)],
    move(gradient, [first, second], step) {
      const m = tf.add(tf.mul(first!, beta1), tf.mul(gradient, 1 - beta1))
      const v = tf.add(tf.mul(second!, beta2), tf.mul(tf.square(gradient), 1 - beta2))
      const mean = tf.div(m, 1 - beta1 ** (step + 1))
      const deviation = tf.sqrt(tf.div(v, 1 - beta2 ** (step + 1)))
      return { change: tf.mul(tf.div(mean, tf.add(deviation, 1e-8)), rate), memory: [m, v] }
    },
  }
}

export const spsaKind = {
  name: 'spsa',
  options: optionsSchema,
  create: spsa,
  expectedQueries: options => ascentQueries(options.steps, gradientOf(options)),
} satisfies AttackKind<SpsaOptions>
