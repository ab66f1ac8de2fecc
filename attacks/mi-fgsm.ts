import { z } from 'zod'
import { normSchema } from './attack.ts'
import type { AttackKind } from './attack-kind.ts'
import { climbingAttack } from './climbing-attack.ts'

const optionsSchema = z
  .strictObject({
    name: z.literal('mi-fgsm'),
    norm: normSchema,
    steps: z.int().min(1).max(100_000).default(10),
    /** Length of a step as a multiple of epsilon; 1 / steps just reaches the sphere. */
    relativeStep: z.number().positive().max(10).optional(),
    /** What is left of the earlier gradients at every step. */
    momentumDecay: z.number().min(0).max(10).default(1),
    iterate: z.enum(['best-so-far', 'last']).default('best-so-far'),
  })
  .transform(options => ({ ...options, relativeStep: options.relativeStep ?? 1 / options.steps }))

type MiFgsmOptions = z.output<typeof optionsSchema>

/**
 * Momentum iterative FGSM: steps along the gradients of unit L1 norm, added up with a decay, which
 * makes examples that transfer better. Gradients that vanish leave the momentum as it is.
 *
 *     m ← μ · m + g / ‖g‖₁,   x ← P(x + α · sign(m))
 *
 * @see Dong et al., "Boosting adversarial attacks with momentum", 2018
 */
const miFgsm = (options: MiFgsmOptions, epsilon: number) =>
  climbingAttack(options, {
    ...options,
    epsilon,
    stepRule: 'constant',
    movedShare: 0.01,
    loss: 'ce',
    targets: 0,
    restarts: 1,
    randomStart: false,
  })

export const miFgsmKind = {
  name: 'mi-fgsm',
  options: optionsSchema,
  create: miFgsm,
  expectedQueries: ({ steps }) => steps,
} satisfies AttackKind<MiFgsmOptions>
