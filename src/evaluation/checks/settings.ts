import { z } from 'zod'

const multiples = z.array(z.number().positive().max(100)).readonly()

/** How much the checks spend. */
export const checkSettingsSchema = z.strictObject({
  /** Steps of the attack by projected gradients that all others are compared with. */
  steps: z.int().min(4).max(10_000).default(20),
  /** Random starts that are compared with one. */
  restarts: z.int().min(2).max(1000).default(10),
  /** Other radii, as multiples of the subject's. */
  radii: multiples.default([0.25, 0.5, 2]),
  /** Other lengths of a step, as multiples of 2.5 / steps of the radius. */
  stepSizes: multiples.default([0.25, 0.5, 2]),
  /** Classes aimed at by the targeted attack. */
  targets: z.int().min(1).max(1000).default(9),
  /** Queries of the attack on scores. */
  queries: z.int().min(1).max(1_000_000).default(500),
  /** Random points of the ball for each example. */
  randomPoints: z.int().min(1).max(1_000_000).default(500),
  /** Examples on which attacks are run anew: scaled logits, expectation over noise, surrogates. */
  examples: z.int().min(1).max(100_000).default(50),
  /** Examples that are looked at one by one: binarisation, attacks by estimated gradients. */
  singles: z.int().min(1).max(100_000).default(20),
  /** Points of the inner ball that the binarised model is fitted to. */
  innerPoints: z.int().min(10).max(100_000).default(100),
  /** Examples whose gradients are compared with finite differences. */
  differences: z.int().min(1).max(10_000).default(4),
  /** Noisy inputs for each gradient that is estimated from scores, in pairs. */
  samples: z.int().min(2).max(100_000).multipleOf(2).default(200),
  /** Steps of the attack along such gradients. */
  estimatedSteps: z.int().min(1).max(10_000).default(10),
  /** Draws of a randomised model's noise that are averaged, and twice as many. */
  draws: z.int().min(20).max(10_000).default(20),
})

export type CheckSettings = z.output<typeof checkSettingsSchema>

/** Settings by name: `quick` for a look, `thorough` for a number that is published. */
export const checkPresets = {
  quick: checkSettingsSchema.parse({}),
  thorough: checkSettingsSchema.parse({
    steps: 100,
    queries: 5000,
    randomPoints: 10_000,
    examples: 500,
    singles: 100,
    innerPoints: 1000,
    differences: 20,
    samples: 1000,
    estimatedSteps: 20,
  }),
} as const satisfies Readonly<Record<string, CheckSettings>>
