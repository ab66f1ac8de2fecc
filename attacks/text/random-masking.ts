import { z } from 'zod'
import type { AttackRandom } from '../attack-random.ts'
import { maskId, replacementSchema } from './masking.ts'
import { type Score, scoresOf } from './score.ts'
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
  name: z.literal('random-masking'),
  replacement: replacementSchema,
  /** Orders that are tried one after the other until the class changes. */
  draws: z.int().min(1).max(1000).default(10),
})

type RandomMaskingOptions = z.output<typeof optionsSchema>

/**
 * Masks words in random order, one after the other, until the class changes: the baseline that an
 * attack with a plan has to beat.
 *
 * @param budget largest share of words
 */
function randomMasking(options: RandomMaskingOptions, budget: number): WordAttack {
  const mask = maskId(options.replacement)
  return {
    name: 'random-masking',
    space: 'words',
    budget,
    config: { ...options, budget },
    requires: [],
    against(victim) {
      const words = new Set(wordIds(victim.vocabulary))
      const search = (text: TokenText, random: AttackRandom): Search<TokenText, Score> =>
        maskAtRandom(text, mask, {
          places: placesOf(text.tokens, words),
          limit: wordLimit(budget, text.tokens),
          draws: options.draws,
          random,
        })
      return (texts, random) =>
        searchTogether(
          texts.map((text, row) => search(text, random.rows([row]))),
          questions => scoresOf(victim, questions),
        )
    },
  }
}

function* maskAtRandom(
  text: TokenText,
  mask: number,
  attempt: {
    readonly places: readonly number[]
    readonly limit: number
    readonly draws: number
    readonly random: AttackRandom
  },
): Search<TokenText, Score> {
  const { places, limit, draws, random } = attempt
  let least = { tokens: text.tokens, chance: Number.POSITIVE_INFINITY }
  for (let draw = 0; draw < draws; draw++) {
    const keys = random.uniforms('order', draw, text.tokens.length)
    const order = places.toSorted((a, b) => keys[a]! - keys[b]! || a - b)
    let current = text
    for (const place of order.slice(0, limit)) {
      current = replaced(current, place, mask)
      const [score] = yield [current]
      if (score!.wrong) return current.tokens
      if (score!.chance < least.chance) least = { tokens: current.tokens, chance: score!.chance }
    }
  }
  return least.tokens
}

export const randomMaskingKind = {
  name: 'random-masking',
  options: optionsSchema,
  create: randomMasking,
} satisfies TextAttackKind<RandomMaskingOptions>
