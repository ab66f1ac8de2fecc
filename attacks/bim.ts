import { z } from 'zod'
import { normSchema } from './attack.ts'
import type { AttackKind } from './attack-kind.ts'
import { climbingAttack } from './climbing-attack.ts'

const optionsSchema = z
  .strictObject({
    name: z.literal('bim'),
    norm: normSchema,
    steps: z.int().min(1).max(100_000).default(10),
    /** Length of a step as a multiple of epsilon; 1 / steps just reaches the sphere. */
    relativeStep: z.number().positive().max(10).optional(),
    iterate: z.enum(['best-so-far', 'last']).default('best-so-far'),
  })
  .transform(options => ({ ...options, relativeStep: options.relativeStep ?? 1 / options.steps }))

type BimOptions = z.output<typeof optionsSchema>

/**
 * Basic iterative method: FGSM in small steps from the clean input, each projected onto the ball
 * and the box.
 *
 * @see Kurakin et al., "Adversarial examples in the physical world", 2017
 */
const bim = (options: BimOptions, epsilon: number) =>
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

export const bimKind = {
  name: 'bim',
  options: optionsSchema,
  create: bim,
  expectedQueries: ({ steps }) => steps,
} satisfies AttackKind<BimOptions>
