import { z } from 'zod'
import { attackSurrogates } from '../../attacks/approach.ts'
import { type AnyAttackInput, anyAttackSchema, isGraphAttack, isImageAttack } from './any-attack.ts'
import { inferenceSchema } from './inference.ts'

/** Surrogates as they are written in a plan. */
export const surrogatesSchema = z
  .array(z.enum(attackSurrogates))
  .min(1)
  .refine(names => new Set(names).size === names.length, { error: 'name each once' })

/** Whether a trained model meets a changed graph, or one is trained on it. */
export const settingSchema = z.enum(['evasion', 'poisoning'])

export type Setting = z.output<typeof settingSchema>

/** One of a plan's attacks, with the radii that it is run at. */
export const attackEntrySchema = z
  .strictObject({
    /** Attacks models of the data it is made for. */
    attack: z.custom<AnyAttackInput>(),
    /** Largest changes, in the units of its norm: see `EvaluationTable.epsilon`. */
    epsilons: z.array(z.number().positive()).min(1),
    /** Attacks models that keep noise at inference, in place of the models as they are. */
    inference: inferenceSchema.exactOptional(),
    /** What gradients of spiking models are taken through; all there are when left out. */
    surrogates: surrogatesSchema.exactOptional(),
    /** On a graph: what is judged; where left out, evasion. Poisoning judges evasion too. */
    settings: z.array(settingSchema).min(1).exactOptional(),
    /** First test examples that this attack is run on, where fewer than the plan's. */
    examples: z.int().min(1).exactOptional(),
  })
  .transform((entry, context) => {
    const asked = entry.inference ? underExpectation(entry.attack) : entry.attack
    const result = anyAttackSchema.safeParse(asked)
    const refuse = (path: readonly PropertyKey[], message: string) => {
      context.addIssue({ code: 'custom', path: [...path], message })
      return z.NEVER
    }
    if (!result.success) {
      for (const { path, message } of result.error.issues) refuse(['attack', ...path], message)
      return z.NEVER
    }
    const attack = result.data
    if (!isImageAttack(attack)) {
      for (const field of ['inference', 'surrogates'] as const) {
        if (entry[field]) return refuse([field], 'for attacks on images')
      }
    }
    if (entry.settings?.includes('poisoning') && !isGraphAttack(attack)) {
      return refuse(['settings'], 'poisoning is for attacks on graphs')
    }
    if (entry.inference && averagesItself(attack)) {
      return refuse(['attack', 'eotIterations'], 'the means are over inference.eot draws')
    }
    return { ...entry, attack }
  })

/**
 * An attack as it is fit for means over draws, where nothing else was asked for: AutoAttack in the
 * version for randomised victims; steps to the very end, since one that stops at its first success
 * stops where the mean only just errs, and fresh draws may decide otherwise there.
 */
export function underExpectation(asked: AnyAttackInput): AnyAttackInput {
  switch (asked?.name) {
    case 'autoattack':
      return { version: 'rand', ...asked }
    case 'pgd':
    case 'bim':
    case 'mi-fgsm':
      return { iterate: 'last', ...asked }
    default:
      return asked
  }
}

/** Whether an attack takes means by itself, on top of those of its victim. */
export function averagesItself(attack: object): boolean {
  return 'eotIterations' in attack && attack.eotIterations !== 1
}
