import { tf } from '../../src/engine/tf.ts'
import type { TokenText } from './text-attack.ts'
import type { TextVictim } from './text-victim.ts'

const batchSize = 500

/** What the model makes of a text. */
export interface Score {
  /** Probability of the label; 1 where it is not a number, so that no search is led by that. */
  readonly chance: number
  /** The class of highest score; of equal scores the first. */
  readonly prediction: number
  /** Whether that is not the label. */
  readonly wrong: boolean
}

/** Scores of these texts, one forward pass each. */
export function scoresOf(victim: TextVictim, texts: readonly TokenText[]): readonly Score[] {
  const scores: Score[] = []
  for (let first = 0; first < texts.length; first += batchSize) {
    const part = texts.slice(first, first + batchSize)
    const logits = tf.tidy(() => victim.logits(tokensTensor(part)).dataSync()) as Float32Array
    scores.push(...scoresFrom(logits, part, victim.classes))
  }
  return scores
}

/** @param logits `[texts · classes]` */
export function scoresFrom(
  logits: Float32Array,
  texts: readonly TokenText[],
  classes: number,
): readonly Score[] {
  return texts.map(({ label }, row) => {
    const own = logits.subarray(row * classes, (row + 1) * classes)
    const prediction = highest(own)
    return { chance: probability(own, label), prediction, wrong: prediction !== label }
  })
}

/** `[texts, length]`, int32; belongs to the caller. */
export function tokensTensor(texts: readonly TokenText[]): tf.Tensor2D {
  const length = texts[0]!.tokens.length
  const values = new Int32Array(texts.length * length)
  for (const [row, { tokens }] of texts.entries()) values.set(tokens, row * length)
  return tf.tensor2d(values, [texts.length, length], 'int32')
}

/** Numbers of the scores from the most to the least harmful: wrong ones first, then by chance. */
export function mostHarmful(scores: readonly Score[]): number[] {
  return [...scores.keys()].sort((a, b) => {
    const [one, other] = [scores[a]!, scores[b]!]
    return Number(other.wrong) - Number(one.wrong) || one.chance - other.chance || a - b
  })
}

/** The softmax in double precision: differences of chances near 1 must not vanish. */
function probability(logits: Float32Array, label: number): number {
  const own = logits[label]!
  const chance = 1 / logits.reduce((sum, logit) => sum + Math.exp(logit - own), 0)
  return Number.isNaN(chance) ? 1 : chance
}

function highest(logits: Float32Array): number {
  let best = 0
  for (let at = 1; at < logits.length; at++) if (logits[at]! > logits[best]!) best = at
  return best
}
