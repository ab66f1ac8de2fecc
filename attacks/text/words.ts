import { specialTokens } from '../../src/data/text/vocabulary.ts'
import type { TextEmbedding } from './text-victim.ts'

/** Ids that an attack may take out and put in: words and numbers, no punctuation, no special token. */
export function wordIds(vocabulary: readonly string[]): readonly number[] {
  const ids = [...vocabulary.keys()].slice(specialTokens.length)
  return ids.filter(id => /[\p{L}\p{N}]/u.test(vocabulary[id]!))
}

/** Places of a text where one of these words stands. */
export function placesOf(tokens: Int32Array, words: ReadonlySet<number>): readonly number[] {
  return [...tokens.keys()].filter(place => words.has(tokens[place]!))
}

/** Root mean square of the entries of these words' vectors: the unit of a change of the embedding. */
export function typicalEntry({ matrix }: TextEmbedding, words: readonly number[]): number {
  const width = matrix.shape[1]
  const values = matrix.dataSync()
  let squares = 0
  for (const id of words) {
    for (let at = id * width; at < (id + 1) * width; at++) squares += values[at]! ** 2
  }
  return Math.sqrt(squares / Math.max(words.length * width, 1))
}

/**
 * For a word, the other words whose vectors have at least this cosine with its own, nearest first;
 * a vector of zeros has cosine 0 with all.
 *
 * @param count at most so many
 */
export function nearestWords(
  { matrix }: TextEmbedding,
  words: readonly number[],
  { cosine, count }: { readonly cosine: number; readonly count: number },
): (id: number) => readonly number[] {
  const width = matrix.shape[1]
  const units = unitRows(matrix.dataSync() as Float32Array, width)
  const dot = (a: number, b: number) => {
    let sum = 0
    for (let at = 0; at < width; at++) sum += units[a * width + at]! * units[b * width + at]!
    return sum
  }
  return remembered(id =>
    words
      .filter(other => other !== id)
      .map(other => ({ other, similarity: dot(id, other) }))
      .filter(({ similarity }) => similarity >= cosine)
      .sort((a, b) => b.similarity - a.similarity || a.other - b.other)
      .slice(0, count)
      .map(({ other }) => other),
  )
}

/** The function with every result kept for when it is asked for again. */
export function remembered<Result>(f: (id: number) => Result): (id: number) => Result {
  const known = new Map<number, Result>()
  return id => {
    if (!known.has(id)) known.set(id, f(id))
    return known.get(id)!
  }
}

function unitRows(values: Float32Array, width: number): Float64Array {
  const units = Float64Array.from(values)
  for (let row = 0; row < units.length; row += width) {
    const own = units.subarray(row, row + width)
    const length = Math.sqrt(own.reduce((sum, value) => sum + value * value, 0))
    for (let at = 0; at < width; at++) own[at] = length > 0 ? own[at]! / length : 0
  }
  return units
}
