import { z } from 'zod'
import { maskId, replacementSchema } from './masking.ts'
import { mostHarmful, type Score, scoresOf } from './score.ts'
import { type Search, searchTogether } from './search.ts'
import {
  replaced,
  type TextAttackKind,
  type TokenText,
  type WordAttack,
  wordLimit,
} from './text-attack.ts'
import { placesOf, wordIds } from './words.ts'

const optionsSchema = z.strictObject({
  name: z.literal('importance-masking'),
  replacement: replacementSchema,
})

type ImportanceMaskingOptions = z.output<typeof optionsSchema>

/**
 * Masks, one after the other, the word whose masking lowers the label's probability most given
 * those that are masked already, until the class changes.
 *
 * @param budget largest share of words
 * @see Li et al., "Understanding neural networks through representation erasure", 2016
 */
function importanceMasking(options: ImportanceMaskingOptions, budget: number): WordAttack {
  const mask = maskId(options.replacement)
  return {
    name: 'importance-masking',
    space: 'words',
    budget,
    config: { ...options, budget },
    requires: [],
    against(victim) {
      const words = new Set(wordIds(victim.vocabulary))
      return texts =>
        searchTogether(
          texts.map(text =>
            maskGreedily(text, mask, placesOf(text.tokens, words), wordLimit(budget, text.tokens)),
          ),
          questions => scoresOf(victim, questions),
        )
    },
  }
}

function* maskGreedily(
  text: TokenText,
  mask: number,
  places: readonly number[],
  limit: number,
): Search<TokenText, Score> {
  let current = text
  let least = { tokens: text.tokens, chance: Number.POSITIVE_INFINITY }
  let open = places
  for (let masked = 0; masked < limit && open.length > 0; masked++) {
    const trials = open.map(place => replaced(current, place, mask))
    const scores = yield trials
    const best = mostHarmful(scores)[0]!
    current = trials[best]!
    const { wrong, chance } = scores[best]!
    if (wrong) return current.tokens
    if (chance < least.chance) least = { tokens: current.tokens, chance }
    open = open.filter((_, at) => at !== best)
  }
  return least.tokens
}

export const importanceMaskingKind = {
  name: 'importance-masking',
  options: optionsSchema,
  create: importanceMasking,
} satisfies TextAttackKind<ImportanceMaskingOptions>
