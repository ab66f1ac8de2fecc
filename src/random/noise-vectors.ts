import { coordinates, type SequenceName } from './low-discrepancy.ts'
import { inverseLaplace, inverseNormal } from './quantiles.ts'
import type { Stream } from './stream.ts'

/** Law of a noise component, of variance one, and how the vectors of an update spread. */
export interface NoiseOptions {
  readonly kind: 'gaussian' | 'laplace'
  /**
   * `random`: independent vectors; else those of a low-discrepancy sequence, scrambled afresh. On
   * a small network these have a fifth of the variance with 64 copies, and as much with 8.
   */
  readonly sequence: 'random' | SequenceName
}

/** How many noise vectors an update needs, and of what. */
export interface NoiseExtent {
  /** Vectors that a sequence spreads over: copies or pairs. */
  readonly vectors: number
  /** Parts of a vector with a sequence of their own, e.g. the examples of a batch. */
  readonly units: number
  /** Components of a unit: the dimensions of the sequence. */
  readonly dimensions: number
}

/** Fills `out` with whole vectors `first, first + 1 …`, `units · dimensions` numbers each. */
export type NoiseVectors = (out: Float32Array, first: number) => Float32Array

/**
 * The noise vectors of one update. A number depends on streams and place alone, so chunks of any
 * size draw the same.
 *
 * @param values stream of the numbers, or of the places within the intervals of a sequence
 * @param keys stream that scrambles a sequence, one word for every component
 */
export function noiseVectors(
  { kind, sequence }: NoiseOptions,
  { vectors, units, dimensions }: NoiseExtent,
  values: Stream,
  keys: Stream,
): NoiseVectors {
  const size = units * dimensions
  const quantile = kind === 'gaussian' ? inverseNormal : inverseLaplace
  if (sequence === 'random') {
    return (out, first) => {
      if (kind === 'gaussian') return values.normals(out, first * size)
      const words = values.words(new Uint32Array(out.length), first * size)
      for (let at = 0; at < out.length; at++) out[at] = quantile((words[at]! + 0.5) / 2 ** 32)
      return out
    }
  }
  const axes = coordinates(sequence, vectors, dimensions)
  const scramble = keys.words(new Uint32Array(size))
  return (out, first) => {
    const words = values.words(new Uint32Array(out.length), first * size)
    let at = 0
    for (let index = first; at < out.length; index++) {
      for (let component = 0; component < size; ) {
        for (let dimension = 0; dimension < dimensions; dimension++, component++, at++) {
          const axis = axes[dimension]!
          const place = (words[at]! + 0.5) / 2 ** 32
          out[at] = quantile((axis.stratum(index, scramble[component]!) + place) / axis.strata)
        }
      }
    }
    return out
  }
}
