import { inverseNormal } from '../random/quantiles.ts'
import type { Stream } from '../random/stream.ts'
import { normalDistribution } from './normal.ts'

export interface BootstrapOptions {
  /** Bootstrap samples drawn, 10 000 if absent. */
  readonly resamples?: number
  /** Coverage aimed at, 0.95 if absent. */
  readonly level?: number
  /** Plain percentiles, or bias-corrected and accelerated ones; `bca` if absent. */
  readonly method?: 'percentile' | 'bca'
}

/** A difference of two means over the same examples, with its bootstrap interval. */
export interface BootstrapDifference {
  /** Mean of the second minus mean of the first. */
  readonly difference: number
  readonly low: number
  readonly high: number
}

/**
 * Paired bootstrap of a difference of accuracies: examples are drawn with replacement, each with
 * its outcomes under both classifiers.
 *
 * The BCa interval shifts the percentiles by the median bias z₀ and the acceleration a, to
 * Φ(z₀ + (z₀ + z) / (1 − a (z₀ + z))). Where all differences are equal the interval is a point.
 *
 * @param first one value an example: 1 if right and 0 if wrong, or a share right over seeds
 * @param second the same examples, in the same order
 * @param random at most resamples · n words of it are used
 * @throws RangeError without examples, for unequal numbers of them or a useless option
 * @see Efron (1987), Better bootstrap confidence intervals.
 */
export function pairedBootstrap(
  first: ArrayLike<number>,
  second: ArrayLike<number>,
  random: Stream,
  { resamples = 10_000, level = 0.95, method = 'bca' }: BootstrapOptions = {},
): BootstrapDifference {
  requireOptions(first.length, second.length, resamples, level)
  const changes = Float64Array.from(first, (value, at) => second[at]! - value)
  const difference = mean(changes)
  const means = resampledMeans(changes, resamples, random)
  const tail = (1 - level) / 2
  const place = method === 'bca' ? adjustment(changes, difference, means) : (p: number) => p
  return {
    difference,
    low: quantile(means, place(tail)),
    high: quantile(means, place(1 - tail)),
  }
}

function requireOptions(n: number, paired: number, resamples: number, level: number): void {
  if (n === 0 || n !== paired) {
    throw new RangeError(`invalid pairs: ${n} and ${paired} outcomes; expected as many, at least 1`)
  }
  if (!(Number.isSafeInteger(resamples) && resamples >= 1)) {
    throw new RangeError(`invalid resamples: ${resamples}; expected 1, 2, 3 …`)
  }
  if (!(level > 0 && level < 1)) {
    throw new RangeError(`invalid level: ${level}; expected between 0 and 1`)
  }
}

/** Means of the bootstrap samples, ascending. */
function resampledMeans(values: Float64Array, resamples: number, random: Stream): Float64Array {
  const n = values.length
  const words = new Uint32Array(n)
  const means = new Float64Array(resamples)
  for (let sample = 0; sample < resamples; sample++) {
    random.words(words, sample * n)
    let sum = 0
    for (let at = 0; at < n; at++) sum += values[Math.floor((words[at]! * n) / 2 ** 32)]!
    means[sample] = sum / n
  }
  return means.sort()
}

/** Which quantile of the bootstrap means BCa takes for a probability. */
function adjustment(
  values: Float64Array,
  observed: number,
  means: Float64Array,
): (p: number) => number {
  // Rounding must not make a tie look like a smaller or a larger mean.
  const slack = 1e-12 * Math.max(1, Math.abs(observed))
  const below = means.reduce((count, value) => count + (value < observed - slack ? 1 : 0), 0)
  const above = means.reduce((count, value) => count + (value > observed + slack ? 1 : 0), 0)
  const share = (below + (means.length - below - above) / 2) / means.length
  if (share === 0 || share === 1) return p => p
  const bias = inverseNormal(share)
  const acceleration = accelerationOf(values, observed)
  return p => {
    const shifted = bias + inverseNormal(p)
    return normalDistribution(bias + shifted / (1 - acceleration * shifted))
  }
}

/** Sixth of the skewness of the jackknifed means, which for a mean has a closed form. */
function accelerationOf(values: Float64Array, centre: number): number {
  let [squares, cubes] = [0, 0]
  for (const value of values) {
    squares += (value - centre) ** 2
    cubes += (value - centre) ** 3
  }
  return squares === 0 ? 0 : cubes / (6 * squares ** 1.5)
}

/** The smallest value that at least the share p does not exceed. */
function quantile(sorted: Float64Array, p: number): number {
  const rank = Math.ceil(p * sorted.length - 1e-9)
  return sorted[Math.min(Math.max(rank, 1), sorted.length) - 1]!
}

const mean = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0) / values.length
