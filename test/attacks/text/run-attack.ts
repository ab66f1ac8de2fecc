import { attackRandom } from '../../../attacks/attack-random.ts'
import { createTextAttack, textAttackSchema } from '../../../attacks/text/create-text-attack.ts'
import type {
  CraftedEmbeddings,
  CraftedTexts,
  TokenText,
} from '../../../attacks/text/text-attack.ts'
import type { TextVictim } from '../../../attacks/text/text-victim.ts'

const attackOf = (options: object, budget: number) =>
  createTextAttack(textAttackSchema.parse(options), budget)

const rowsOf = (texts: readonly unknown[]) => attackRandom(0, [...texts.keys()])

/** What a word attack makes of texts that it gets all at once. */
export function words(
  victim: TextVictim,
  texts: readonly TokenText[],
  options: object,
  budget: number,
) {
  return attackOf(options, budget).against(victim)(texts, rowsOf(texts)) as CraftedTexts
}

/** What an attack on the embedding makes of them. */
export function moved(
  victim: TextVictim,
  texts: readonly TokenText[],
  options: object,
  epsilon: number,
) {
  return attackOf(options, epsilon).against(victim)(texts, rowsOf(texts)) as CraftedEmbeddings
}
