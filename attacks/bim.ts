import { z } from 'zod'
import type { AttackKind } from './attack-kind.ts'
import { reachingTheSphere, smallStepFields, smallSteps } from './climbing-attack.ts'

const optionsSchema = z
  .strictObject({
    name: z.literal('bim'),
    ...smallStepFields,
  })
  .transform(reachingTheSphere)

type BimOptions = z.output<typeof optionsSchema>

/**
 * Basic iterative method: FGSM in small steps from the clean input, each projected onto the ball
 * and the box.
 *
 * @see Kurakin et al., "Adversarial examples in the physical world", 2017
 */
export const bimKind = {
  name: 'bim',
  options: optionsSchema,
  create: smallSteps,
  expectedQueries: ({ steps }) => steps,
} satisfies AttackKind<BimOptions>
