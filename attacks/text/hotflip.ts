import { z } from 'zod'
import { type Flip, type FlipFinder, flipFinder } from './flips.ts'
import { mostHarmful, type Score, scoresOf } from './score.ts'
import { type Search, searchTogether } from './search.ts'
import {
  replaced,
  type TextAttackKind,
  type TokenText,
  type WordAttack,
  wordLimit,
} from './text-attack.ts'
import { textLossSchema } from './text-loss.ts'
import type { TextVictim } from './text-victim.ts'
import { nearestWords, placesOf, wordIds } from './words.ts'

const optionsSchema = z.strictObject({
  name: z.literal('hotflip'),
  /** Texts that are kept after every flip, and flips that are tried on each of them. */
  beam: z.int().min(1).max(100).default(10),
  /** Most flips of a text, if its share of words allows so many. */
  words: z.int().min(1).max(1000).default(2),
  loss: textLossSchema,
  /** Least cosine of the vectors of the old word and the new one; no limit when absent. */
  cosine: z.number().min(-1).max(1).exactOptional(),
})

type HotFlipOptions = z.output<typeof optionsSchema>

/**
 * Flips the words with the highest first-order gain of the loss L,
 *
 *     (E_v − E_w) · ∂L/∂e_i
 *
 * for word w in place i becoming v, in a beam search: of each text in the beam the best flips by
 * gain are tried, and the texts of least probability of the label go on. No place is flipped twice.
 *
 * @param budget largest share of words
 * @see Ebrahimi et al., "HotFlip: white-box adversarial examples for text classification", 2018
 */
function hotFlip(options: HotFlipOptions, budget: number): WordAttack {
  const { beam, words: most, cosine } = options
  return {
    name: 'hotflip',
    space: 'words',
    budget,
    config: { ...options, budget },
    requires: ['embedding'],
    against(victim) {
      const words = wordIds(victim.vocabulary)
      const known = new Set(words)
      const allowed =
        cosine === undefined
          ? () => words
          : nearestWords(victim.embedding!, words, { cosine, count: words.length })
      const flips = flipFinder(victim, allowed, beam, options.loss)
      const search = (text: TokenText) =>
        flip(text, placesOf(text.tokens, known), {
          beam,
          limit: Math.min(most, wordLimit(budget, text.tokens)),
        })
      return texts => searchTogether(texts.map(search), asked => answers(asked, victim, flips))
    },
  }
}

/** A text whose score is asked for, or, where there are places, its best flips in these. */
interface Question extends TokenText {
  readonly places?: readonly number[]
}

interface Answer {
  readonly score?: Score
  readonly flips?: readonly Flip[]
}

function answers(
  questions: readonly Question[],
  victim: TextVictim,
  flips: FlipFinder,
): readonly Answer[] {
  const plain = questions.filter(({ places }) => places === undefined)
  const open = questions.flatMap(({ places, ...text }) => (places ? [{ ...text, places }] : []))
  const [scores, found] = [scoresOf(victim, plain).values(), flips(open).values()]
  return questions.map(({ places }) =>
    places ? { flips: found.next().value! } : { score: scores.next().value! },
  )
}

function* flip(
  text: TokenText,
  places: readonly number[],
  { beam, limit }: { readonly beam: number; readonly limit: number },
): Search<Question, Answer> {
  let kept: readonly TokenText[] = [text]
  for (let flipped = 0; flipped < limit; flipped++) {
    const found = yield kept.map(member => ({
      ...member,
      places: places.filter(place => member.tokens[place] === text.tokens[place]),
    }))
    const trials = distinct(
      kept.flatMap((member, at) =>
        found[at]!.flips!.map(({ place, id }) => replaced(member, place, id)),
      ),
    )
    if (trials.length === 0) break
    const scores = (yield trials).map(({ score }) => score!)
    const order = mostHarmful(scores)
    kept = order.slice(0, beam).map(at => trials[at]!)
    if (scores[order[0]!]!.wrong) break
  }
  return kept[0]!.tokens
}

/** Two orders of the same flips lead to the same text. */
function distinct(texts: readonly TokenText[]): readonly TokenText[] {
  return [...new Map(texts.map(text => [text.tokens.join(), text])).values()]
}

export const hotFlipKind = {
  name: 'hotflip',
  options: optionsSchema,
  create: hotFlip,
} satisfies TextAttackKind<HotFlipOptions>
