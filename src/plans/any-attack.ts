import { z } from 'zod'
import { type AttackInput, type AttackOptions, attackSchema } from '../../attacks/create-attack.ts'
import {
  type GraphAttackInput,
  type GraphAttackOptions,
  graphAttackSchema,
} from '../../attacks/graph/create-graph-attack.ts'
import { offeredAttack, offeredNames } from '../../attacks/own/known-attacks.ts'
import {
  type TextAttackInput,
  type TextAttackOptions,
  textAttackSchema,
} from '../../attacks/text/create-text-attack.ts'
import type { Dataset } from '../data/dataset.ts'

/** How an attack on images, texts or a graph is written in a plan. */
export type AnyAttackInput = AttackInput | TextAttackInput | GraphAttackInput

/** Options of an attack on images, texts or a graph, all filled in. */
export type AnyAttackOptions = AttackOptions | TextAttackOptions | GraphAttackOptions

const textNames = namesIn(textAttackSchema)
const graphNames = namesIn(graphAttackSchema)

/** An attack by name, whatever it is made for; its name decides which options it has. */
export const anyAttackSchema = z
  .custom<AnyAttackInput>()
  .transform((input, context): AnyAttackOptions => {
    const { name } = (input ?? {}) as { readonly name?: unknown }
    const known = allAttackNames()
    if (typeof name !== 'string' || !known.includes(name)) {
      const message = `unknown name (choose ${known.join(', ')}; --attacks <folder> adds your own)`
      context.addIssue({ code: 'custom', path: ['name'], message })
      return z.NEVER
    }
    const result = schemaFor(input).safeParse(input)
    if (result.success) return result.data
    for (const { path, message } of result.error.issues) {
      context.addIssue({ code: 'custom', path, message })
    }
    return z.NEVER
  })

/** Names of all attacks by what they change, sorted. */
export const attackNames: Readonly<Record<Dataset['kind'], readonly string[]>> = {
  images: [...namesIn(attackSchema)].sort(),
  sequences: [...textNames].sort(),
  graph: [...graphNames].sort(),
}

/** Gauntlet's attacks and those of its users that are at hand. */
function allAttackNames(): string[] {
  return [...Object.values(attackNames).flat(), ...offeredNames()].sort()
}

/** What an attack changes. */
export function attacksOn({ name }: AnyAttackOptions): Dataset['kind'] {
  if (textNames.has(name)) return 'sequences'
  return graphNames.has(name) ? 'graph' : 'images'
}

export function isTextAttack(attack: AnyAttackOptions): attack is TextAttackOptions {
  return textNames.has(attack.name)
}

export function isGraphAttack(attack: AnyAttackOptions): attack is GraphAttackOptions {
  return graphNames.has(attack.name)
}

export function isImageAttack(attack: AnyAttackOptions): attack is AttackOptions {
  return attacksOn(attack) === 'images'
}

/** How an attack's change is measured, see `EvaluationTable.norm`. */
export function normOf(attack: AnyAttackOptions): string {
  if ('norm' in attack) return attack.norm
  if (isTextAttack(attack)) return 'words'
  switch (attack.name) {
    case 'feature-fgsm':
    case 'feature-pgd':
      return 'linf'
    case 'feature-flip':
      return 'entries'
    case 'nettack':
      return 'changes'
    default:
      return 'edges'
  }
}

function schemaFor({ name }: AnyAttackInput): z.ZodType<AnyAttackOptions> {
  if (textNames.has(name)) return textAttackSchema
  if (graphNames.has(name)) return graphAttackSchema
  return offeredAttack(name)?.kind.options ?? attackSchema
}

/** The names that a schema of attacks tells apart. */
function namesIn(schema: { readonly options: readonly z.ZodType[] }): ReadonlySet<string> {
  return new Set(
    schema.options.map(option => {
      const object = option instanceof z.ZodPipe ? option.in : option
      return ((object as z.ZodObject).shape.name as z.ZodLiteral<string>).value
    }),
  )
}
