import { z } from 'zod'
import { normSchema } from './attack.ts'
import type { AttackKind } from './attack-kind.ts'
import { climbingAttack } from './climbing-attack.ts'
import { lossNames } from './losses.ts'

const optionsSchema = z
  .strictObject({
    name: z.literal('pgd'),
    norm: normSchema,
    steps: z.int().min(1).max(100_000).default(20),
    /** Length of a step as a multiple of epsilon; 2.5 / steps lets an example cross the ball. */
    relativeStep: z.number().positive().max(10).optional(),
    stepRule: z.enum(['constant', 'linear', 'cosine']).default('constant'),
    /** Share of the coordinates that a step in L1 moves. */
    movedShare: z.number().positive().max(1).default(0.01),
    loss: z.enum(lossNames).default('ce'),
    /** Classes aimed at, one after another in the order of the clean logits; 0: untargeted. */
    targets: z.int().min(0).max(100_000).default(0),
    restarts: z.int().min(1).max(1000).default(5),
    randomStart: z.boolean().default(true),
    iterate: z.enum(['best-so-far', 'last']).default('best-so-far'),
  })
  .transform(options => ({ ...options, relativeStep: options.relativeStep ?? 2.5 / options.steps }))

type PgdOptions = z.output<typeof optionsSchema>

/**
 * Projected gradient descent: steps along the steepest direction of a loss, each projected onto the
 * ball and the box. In L1 a step moves several coordinates, those with the largest gradient.
 *
 * @see Madry et al., "Towards deep learning models resistant to adversarial attacks", 2018; L1 as
 * in Tramèr and Boneh, "Adversarial training and robustness for multiple perturbations", 2019
 */
const pgd = (options: PgdOptions, epsilon: number) =>
  climbingAttack(options, { ...options, epsilon })

export const pgdKind = {
  name: 'pgd',
  options: optionsSchema,
  create: pgd,
  expectedQueries: ({ steps, restarts, targets }) => steps * restarts * Math.max(targets, 1),
} satisfies AttackKind<PgdOptions>
