import { createHash } from 'node:crypto'
import { type Generator, generator } from '../../random/generator.ts'
import { permutation } from '../../random/shuffle.ts'
import type { SequenceDataset, SequenceSplit } from '../dataset.ts'
import type { GeneratedSequencesRequest } from '../entry.ts'
import { padId, unknownId } from '../text/vocabulary.ts'

/** Least and greatest length of the sequences of a memory task. */
export const memoryLengths = { least: 4, most: 1000 } as const

/** A problem whose answer depends on few, far-off tokens of a sequence. */
export interface MemoryTask {
  readonly name: string
  readonly classes: readonly string[]
  readonly vocabulary: readonly string[]
  /** Number of variants; every so many sequences in a row hold each variant once. */
  readonly variants: number
  /** Fills the whole of `out`, at least 4 tokens, with a sequence of this variant; gives its class. */
  write(variant: number, random: Generator, out: Int32Array): number
}

/**
 * The data set of a memory task: no padding, no unknown words, all sequences of one length.
 *
 * Sequence i of a split depends on seed, length, split and i alone, so a larger set begins with the
 * smaller one.
 */
export function memorySet(
  { name, classes, vocabulary, variants, write }: MemoryTask,
  { train, test, seed, length = 50 }: GeneratedSequencesRequest,
): SequenceDataset {
  const hash = createHash('sha256')
  const split = (splitName: string, count: number): SequenceSplit => {
    const tokens = new Int32Array(count * length)
    const labels = new Uint8Array(count)
    for (let first = 0; first < count; first += variants) {
      const round = generator(seed, name, splitName, 'order', first / variants)
      for (const [at, variant] of permutation(variants, round).entries()) {
        const i = first + at
        if (i === count) break
        const sequence = tokens.subarray(i * length, (i + 1) * length)
        labels[i] = write(variant, generator(seed, name, splitName, i), sequence)
      }
    }
    hash.update(Uint16Array.from(tokens)).update(labels)
    return { tokens, lengths: new Int32Array(count).fill(length), labels, count }
  }
  const splits = { train: split('train', train), test: split('test', test) }
  return {
    kind: 'sequences',
    name,
    classes,
    licence: 'MIT',
    sha256: hash.digest('hex'),
    provenance: 'generated',
    vocabulary,
    length,
    padId,
    unknownId,
    ...splits,
  }
}
