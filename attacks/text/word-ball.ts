import { padId } from '../../src/data/text/vocabulary.ts'
import type { AttackRandom } from '../attack-random.ts'
import type { EmbeddingNorm } from './text-attack.ts'
import type { TextVictim } from './text-victim.ts'
import { typicalEntry, wordIds } from './words.ts'

/** How far the vector of each word may move. Changes are `[texts · length · width]`, row-major. */
export interface WordBall {
  readonly norm: EmbeddingNorm
  /** In units of the embedding. */
  readonly radius: number
  /** Entries of a word's vector. */
  readonly width: number
}

/**
 * The ball of radius epsilon times the root mean square of an entry (Linf) or of the length of a
 * vector (L2) over the words of the vocabulary, so that models whose embeddings differ in scale can
 * be compared.
 */
export function wordBall(victim: TextVictim, norm: EmbeddingNorm, epsilon: number): WordBall {
  const width = victim.embedding!.matrix.shape[1]
  const unit = typicalEntry(victim.embedding!, wordIds(victim.vocabulary))
  return { norm, width, radius: epsilon * unit * (norm === 'l2' ? Math.sqrt(width) : 1) }
}

/**
 * Moves every word by `length` in the direction that raises a linear loss most, the sign of its
 * gradient (Linf) or the gradient over its Euclidean norm (L2), then back into the ball. Zero and
 * not-a-number stay where they are, and so does padding.
 *
 * @param change is changed in place
 * @param tokens `[texts · length]`
 */
export function ascend(
  change: Float32Array,
  gradient: Float32Array,
  tokens: Int32Array,
  length: number,
  ball: WordBall,
): void {
  const { norm, width } = ball
  for (const [word, id] of tokens.entries()) {
    if (id === padId) continue
    const own = change.subarray(word * width, (word + 1) * width)
    const slope = gradient
      .subarray(word * width, (word + 1) * width)
      .map(value => (Number.isNaN(value) ? 0 : value))
    const scale = norm === 'l2' ? length / (euclidean(slope) || 1) : length
    for (let at = 0; at < width; at++) {
      own[at]! += scale * (norm === 'l2' ? slope[at]! : Math.sign(slope[at]!))
    }
    intoBall(own, ball)
  }
}

/** Takes every word's change into the ball, and that of padding to zero; in place. */
export function projectWords(change: Float32Array, tokens: Int32Array, ball: WordBall): void {
  for (const [word, id] of tokens.entries()) {
    const own = change.subarray(word * ball.width, (word + 1) * ball.width)
    if (id === padId) own.fill(0)
    else intoBall(own, ball)
  }
}

/**
 * Changes drawn uniformly from every word's ball; zero for padding.
 *
 * @param tokens `[texts · length]`
 * @param round tells the restarts apart
 */
export function randomInWordBalls(
  tokens: Int32Array,
  length: number,
  random: AttackRandom,
  round: number,
  ball: WordBall,
): Float32Array {
  const { norm, radius, width } = ball
  const change =
    norm === 'linf'
      ? random.uniforms('start', round, length * width).map(u => (2 * u - 1) * radius)
      : random.normals('start', round, length * width)
  if (norm === 'l2') {
    const shares = random.uniforms('radius', round, length)
    for (const [word, share] of shares.entries()) {
      const own = change.subarray(word * width, (word + 1) * width)
      const scale = (radius * share ** (1 / width)) / euclidean(own)
      own.set(own.map(value => value * scale))
    }
  }
  projectWords(change, tokens, ball)
  return change
}

/** Largest norm of a word's change. */
export function largestChange(change: Float32Array, { norm, width }: WordBall): number {
  let largest = 0
  for (let from = 0; from < change.length; from += width) {
    const own = change.subarray(from, from + width)
    largest = Math.max(largest, norm === 'l2' ? euclidean(own) : highest(own))
  }
  return largest
}

function intoBall(own: Float32Array, { norm, radius }: WordBall): void {
  const scale = norm === 'l2' ? Math.min(1, radius / (euclidean(own) || 1)) : 1
  for (let at = 0; at < own.length; at++) {
    const value = Number.isNaN(own[at]!) ? 0 : own[at]! * scale
    own[at] = norm === 'linf' ? Math.min(Math.max(value, -radius), radius) : value
  }
}

function euclidean(values: Float32Array): number {
  let squares = 0
  for (const value of values) squares += value * value
  return Math.sqrt(squares)
}

function highest(values: Float32Array): number {
  return values.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
}
