import { scoresOf } from '../../attacks/text/score.ts'
import type { WordAttack } from '../../attacks/text/text-attack.ts'
import type { TextVictim } from '../../attacks/text/text-victim.ts'
import type { SequenceDataset } from '../data/dataset.ts'
import { type AttackedTexts, type TextOutcome, textOutcome } from './attack-text.ts'
import { changedPlaces, requireWithinBudget } from './text-threat-model.ts'

/** Texts that an attack on words left, with what they cost. */
export interface CraftedTextSet {
  /** `[n · length]` */
  readonly tokens: AttackedTexts['tokens']
  /** Model calls spent on each text. */
  readonly queries: Float32Array
}

/**
 * Judges a model on texts that were crafted on another one with the same vocabulary.
 *
 * @throws RangeError for texts beyond the attack's budget
 */
export function judgeTexts(
  attack: Pick<WordAttack, 'name' | 'budget'>,
  victim: TextVictim,
  { test, length }: Pick<SequenceDataset, 'test' | 'length'>,
  { tokens, queries }: CraftedTextSet,
): TextOutcome[] {
  const rows = [...queries.keys()]
  const before = rows.map(row => textAt(test.tokens, row))
  const after = rows.map(row => textAt(tokens, row))
  const clean = scoresOf(victim, before)
  const attacked = scoresOf(victim, after)
  return rows.map(row => {
    const [text, changed] = [before[row]!, after[row]!]
    requireWithinBudget(attack, victim, text.tokens, changed.tokens)
    if (clean[row]!.wrong) return textOutcome(row, text, clean[row]!, undefined)
    return textOutcome(row, text, clean[row]!, {
      tokens: changed.tokens,
      score: attacked[row]!,
      changedWords: changedPlaces(text.tokens, changed.tokens).length,
      queries: queries[row]!,
    })
  })

  function textAt(all: Int32Array, row: number) {
    return { tokens: all.slice(row * length, (row + 1) * length), label: test.labels[row]! }
  }
}
