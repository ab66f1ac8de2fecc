import { z } from 'zod'
import type { AttackKind } from './attack-kind.ts'
import { reachingTheSphere, smallStepFields, smallSteps } from './climbing-attack.ts'

const optionsSchema = z
  .strictObject({
    name: z.literal('mi-fgsm'),
    ...smallStepFields,
    /** What is left of the earlier gradients at every step. */
    momentumDecay: z.number().min(0).max(10).default(1),
  })
  .transform(reachingTheSphere)

type MiFgsmOptions = z.output<typeof optionsSchema>

/**
 * Momentum iterative FGSM: steps along the gradients of unit L1 norm, added up with a decay, which
 * makes examples that transfer better. Gradients that vanish leave the momentum as it is.
 *
 *     m ← μ · m + g / ‖g‖₁,   x ← P(x + α · sign(m))
 *
 * @see Dong et al., "Boosting adversarial attacks with momentum", 2018
 */
export const miFgsmKind = {
  name: 'mi-fgsm',
  options: optionsSchema,
  create: smallSteps,
  expectedQueries: ({ steps }) => steps,
} satisfies AttackKind<MiFgsmOptions>
