import { z } from 'zod'
import { unknownId } from '../../src/data/text/vocabulary.ts'
import { mostHarmful, type Score, scoresOf } from './score.ts'
import { type Search, searchTogether } from './search.ts'
import { synonymsIn } from './synonyms.ts'
import {
  replaced,
  type TextAttackKind,
  type TokenText,
  type WordAttack,
  wordLimit,
} from './text-attack.ts'
import type { TextVictim } from './text-victim.ts'
import { nearestWords, remembered, wordIds } from './words.ts'

const optionsSchema = z.strictObject({
  name: z.literal('word-substitution'),
  /** Most candidates for a word from its nearest in the victim's own embedding; 0 for none. */
  neighbours: z.int().min(0).max(1000).default(8),
  /** Least cosine of such a candidate with the word. */
  cosine: z.number().min(-1).max(1).default(0.5),
  /** Whether the words of the embedded synonym list are candidates. */
  synonyms: z.boolean().default(true),
})

type SubstitutionOptions = z.output<typeof optionsSchema>

/**
 * Greedy substitution ordered by saliency (PWWS without WordNet and without named entities). With
 * `S_i` the fall of the label's probability when word i becomes unknown, and `ΔP_i` its fall under
 * the best candidate for word i, both relative to the clean text, words are replaced in the order
 * of
 *
 *     softmax(S)_i · ΔP_i
 *
 * until the class changes. A replacement that does not lower the probability further is taken back,
 * and where one replacement is enough the best such is returned.
 *
 * @param budget largest share of words
 * @see Ren et al., "Generating natural language adversarial examples through probability weighted
 *   word saliency", 2019
 */
function wordSubstitution(options: SubstitutionOptions, budget: number): WordAttack {
  return {
    name: 'word-substitution',
    space: 'words',
    budget,
    config: { ...options, budget },
    requires: options.neighbours > 0 ? ['embedding'] : [],
    against(victim) {
      const candidates = candidatesFor(victim, options)
      return texts =>
        searchTogether(
          texts.map(text => substitute(text, candidates, wordLimit(budget, text.tokens))),
          questions => scoresOf(victim, questions),
        )
    },
  }
}

/** Words that may stand for a word: neighbours first, then synonyms. */
function candidatesFor(
  { vocabulary, embedding }: TextVictim,
  { neighbours, cosine, synonyms }: SubstitutionOptions,
): (id: number) => readonly number[] {
  const words = wordIds(vocabulary)
  const none = () => []
  const near =
    neighbours > 0 ? nearestWords(embedding!, words, { cosine, count: neighbours }) : none
  const alike = synonyms ? synonymsIn(vocabulary) : none
  const known = new Set(words)
  return remembered(id => (known.has(id) ? [...new Set([...near(id), ...alike(id)])] : []))
}

function* substitute(
  text: TokenText,
  candidates: (id: number) => readonly number[],
  limit: number,
): Search<TokenText, Score> {
  const { tokens } = text
  const places = [...tokens.keys()].filter(place => candidates(tokens[place]!).length > 0)
  if (limit === 0 || places.length === 0) return tokens
  const masked = places.map(place => replaced(text, place, unknownId))
  const [clean, ...salient] = yield [text, ...masked]
  const trials = places.map((place, at) =>
    candidates(tokens[place]!).map(id => ({ place, id, hidden: salient[at]!.chance })),
  )
  const scores = yield trials.flat().map(({ place, id }) => replaced(text, place, id))
  const best = mostHarmful(scores)[0]!
  if (scores[best]!.wrong) {
    const { place, id } = trials.flat()[best]!
    return replaced(text, place, id).tokens
  }
  const ordered = bestOfEach(trials, scores)
    .map(({ hidden, chance, ...change }) => ({
      ...change,
      // The softmax up to a factor that all words share.
      rank: Math.exp(clean!.chance - hidden) * (clean!.chance - chance),
    }))
    .sort((a, b) => b.rank - a.rank || a.place - b.place)
  return yield* applyInOrder(text, ordered, clean!.chance, limit)
}

/** The candidate of least chance for each place. */
function bestOfEach<Trial>(
  trials: readonly (readonly Trial[])[],
  scores: readonly Score[],
): (Trial & { readonly chance: number })[] {
  let from = 0
  return trials.map(own => {
    const part = scores.slice(from, from + own.length)
    from += own.length
    const best = mostHarmful(part)[0]!
    return { ...own[best]!, chance: part[best]!.chance }
  })
}

function* applyInOrder(
  text: TokenText,
  changes: readonly { readonly place: number; readonly id: number }[],
  cleanChance: number,
  limit: number,
): Search<TokenText, Score> {
  let current = text
  let chance = cleanChance
  let changed = 0
  for (const { place, id } of changes) {
    if (changed === limit) break
    const next = replaced(current, place, id)
    const [score] = yield [next]
    if (score!.wrong) return next.tokens
    if (score!.chance >= chance) continue
    current = next
    chance = score!.chance
    changed++
  }
  return current.tokens
}

export const wordSubstitutionKind = {
  name: 'word-substitution',
  options: optionsSchema,
  create: wordSubstitution,
} satisfies TextAttackKind<SubstitutionOptions>
