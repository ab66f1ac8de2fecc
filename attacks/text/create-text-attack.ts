import { z } from 'zod'
import { embeddingFgsmKind } from './embedding-fgsm.ts'
import { embeddingPgdKind } from './embedding-pgd.ts'
import { hotFlipKind } from './hotflip.ts'
import { importanceMaskingKind } from './importance-masking.ts'
import { randomMaskingKind } from './random-masking.ts'
import type { TextAttack, TextAttackKind } from './text-attack.ts'
import { wordSubstitutionKind } from './word-substitution.ts'

/** A text attack by name with its options but without its budget. */
export const textAttackSchema = z.discriminatedUnion('name', [
  embeddingFgsmKind.options,
  embeddingPgdKind.options,
  hotFlipKind.options,
  importanceMaskingKind.options,
  randomMaskingKind.options,
  wordSubstitutionKind.options,
])

/** How a text attack is written in a plan. */
export type TextAttackInput = z.input<typeof textAttackSchema>

/** A text attack's options, all filled in. */
export type TextAttackOptions = z.output<typeof textAttackSchema>

/** Every text attack there is, by name. */
const kinds: { readonly [Name in TextAttackOptions['name']]: TextAttackKind<OptionsOf<Name>> } = {
  'embedding-fgsm': embeddingFgsmKind,
  'embedding-pgd': embeddingPgdKind,
  hotflip: hotFlipKind,
  'importance-masking': importanceMaskingKind,
  'random-masking': randomMaskingKind,
  'word-substitution': wordSubstitutionKind,
}

type OptionsOf<Name> = Extract<TextAttackOptions, { readonly name: Name }>

/**
 * The attack with these options.
 *
 * @param budget share of words that may change, or epsilon of an attack on the embedding
 */
export function createTextAttack(options: TextAttackOptions, budget: number): TextAttack {
  return (kinds[options.name] as TextAttackKind<TextAttackOptions>).create(options, budget)
}
