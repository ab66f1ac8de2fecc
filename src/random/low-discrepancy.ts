import { mix, permute } from './permute.ts'
import { sobolDimensions, sobolDirections } from './sobol-directions.ts'

/** Names of the sequences whose points spread more evenly than independent ones. */
export const sequenceNames = ['sobol', 'halton', 'latin-hypercube'] as const

export type SequenceName = (typeof sequenceNames)[number]

/** One coordinate of a sequence's first points, randomised. */
export interface Coordinate {
  /** Into how many intervals [0, 1) is cut. */
  readonly strata: number
  /** The interval in which point `index` lies; over the keys, each is equally likely. */
  stratum(index: number, key: number): number
}

/**
 * The coordinates of the first `points` points of a sequence. Every coordinate of a point takes a
 * key of its own; a point is uniform within its interval, so every point is uniform in the cube.
 *
 * - `sobol`: digital net in base 2 with nested uniform (Owen) scrambling, 128 dimensions
 * - `halton`: radical inverses in the first 64 primes, digits scrambled as nested, for more the
 *   primes outgrow any number of points
 * - `latin-hypercube`: a random permutation in every dimension
 *
 * Dimensions beyond those of the sequence are Latin hypercube.
 *
 * @param points how many will be used; the fineness of the intervals follows from it
 * @see Owen, "Randomly permuted (t,m,s)-nets and (t,s)-sequences", 1995
 * @see McKay, Beckman and Conover, "A comparison of three methods for selecting values of input
 *   variables", 1979
 */
export function coordinates(
  name: SequenceName,
  points: number,
  dimensions: number,
): readonly Coordinate[] {
  const latin: Coordinate = {
    strata: points,
    stratum: (index, key) => permute(index, points, key),
  }
  const own = name === 'sobol' ? sobolDimensions : name === 'halton' ? primes.length : 0
  return Array.from({ length: dimensions }, (_, dimension) => {
    if (dimension >= own) return latin
    return name === 'sobol' ? sobol(dimension, points) : halton(dimension, points)
  })
}

/** The first 64 primes. */
const primes = Array.from({ length: 310 }, (_, at) => at + 2).filter(n => {
  for (let divisor = 2; divisor * divisor <= n; divisor++) if (n % divisor === 0) return false
  return true
})

function sobol(dimension: number, points: number): Coordinate {
  const levels = digitsFor(points, 2)
  const directions = sobolDirections[dimension]!
  return {
    strata: 2 ** levels,
    stratum(index, key) {
      let x = 0
      for (let bit = 0; bit < levels; bit++) if ((index >>> bit) & 1) x ^= directions[bit]!
      let stratum = 0
      let node = 0
      for (let level = 0; level < levels; level++) {
        const digit = (x >>> (31 - level)) & 1
        stratum = 2 * stratum + (digit ^ (nodeKey(key, node) >>> 31))
        node = 2 * node + digit + 1
      }
      return stratum
    },
  }
}

function halton(dimension: number, points: number): Coordinate {
  const base = primes[dimension]!
  const levels = digitsFor(points, base)
  return {
    strata: base ** levels,
    stratum(index, key) {
      let stratum = 0
      let node = 0
      let rest = index
      for (let level = 0; level < levels; level++) {
        const digit = rest % base
        stratum = base * stratum + permute(digit, base, nodeKey(key, node))
        node = base * node + digit + 1
        rest = Math.floor(rest / base)
      }
      return stratum
    },
  }
}

/** The random number of a node of the tree of digits: the digits so far choose the node. */
function nodeKey(key: number, node: number): number {
  return mix(key ^ Math.imul(node + 1, 0x9e3779b9))
}

/** Digits that tell this many points apart. */
function digitsFor(points: number, base: number): number {
  let digits = 0
  for (let reach = 1; reach < points; reach *= base) digits++
  return digits
}
