/** A vector that estimates are compared to. */
export interface Reference {
  readonly values: ArrayLike<number>
  /** Sampling variance, summed over the entries; 0 where the values are exact. */
  readonly variance: number
  /** Root of the trace of the squared sampling covariance; 0 where the values are exact. */
  readonly spread: number
}

/** How estimates compare to a reference g. */
export interface Comparison {
  /** ‖g‖, with the sampling error of g removed. */
  readonly norm: number
  /** Mean cosine between an estimate and g; null where either is zero. */
  readonly cosineMean: number | null
  /** Standard deviation of that cosine over the estimates. */
  readonly cosineSd: number | null
  /** Cosine between the mean of all estimates and g. */
  readonly cosineOfMean: number | null
  /** See `Moments.against`; null where g is zero. */
  readonly bias: number | null
  /** Smallest bias that can be told from none; null with fewer than four estimates. */
  readonly biasResolution: number | null
}

/** Quantile of the normal distribution that an unbiased estimate stays below 95 times of 100. */
const z95 = 1.645

/** Gathers independent estimates of one vector, in double precision and constant memory. */
export class Moments {
  readonly #references: readonly Reference[]
  readonly #mean: Float64Array
  /** Sum of squared deviations from the running mean, over all entries. */
  #deviations = 0
  #count = 0
  readonly #cosines: number[][]
  /** The latest estimate of odd number, then the latest difference of a pair. */
  #odd: Float32Array | undefined
  #difference: Float32Array | undefined
  #overlaps = 0
  #pairs = 0

  /** @param references what `against` compares to, of the estimates' length */
  constructor(length: number, references: readonly Reference[] = []) {
    this.#references = references
    this.#mean = new Float64Array(length)
    this.#cosines = references.map(() => [])
  }

  /**
   * Takes in one estimate, which is not changed later.
   *
   * @see Welford, "Note on a method for calculating corrected sums of squares and products", 1962
   */
  add(estimate: Float32Array): void {
    this.#count++
    const mean = this.#mean
    let deviations = 0
    for (let at = 0; at < mean.length; at++) {
      const before = estimate[at]! - mean[at]!
      mean[at]! += before / this.#count
      deviations += before * (estimate[at]! - mean[at]!)
    }
    this.#deviations += deviations
    const norm = length(estimate)
    for (const [index, { values }] of this.#references.entries()) {
      const other = length(values)
      if (norm > 0 && other > 0) {
        this.#cosines[index]!.push(dot(estimate, values) / norm / other)
      }
    }
    this.#pair(estimate)
  }

  /** Differences of separate pairs are independent: ⟨a − b, c − d⟩² / 4 has the mean tr Σ². */
  #pair(estimate: Float32Array): void {
    if (!this.#odd) {
      this.#odd = estimate
      return
    }
    const difference = this.#odd.map((value, at) => value - estimate[at]!)
    if (this.#difference) {
      this.#overlaps += dot(this.#difference, difference) ** 2 / 4
      this.#pairs++
    }
    this.#difference = difference
    this.#odd = undefined
  }

  get mean(): ArrayLike<number> {
    return this.#mean
  }

  /** Unbiased variance of one estimate, summed over the entries; at least two estimates. */
  get variance(): number {
    return this.#deviations / (this.#count - 1)
  }

  /** √tr Σ² of the covariance Σ of one estimate; null with fewer than four. */
  get spread(): number | null {
    return this.#pairs > 0 ? Math.sqrt(this.#overlaps / this.#pairs) : null
  }

  /** The mean as a reference for others, with its sampling error; at least four estimates. */
  reference(): Reference {
    return {
      values: this.#mean,
      variance: this.variance / this.#count,
      spread: this.spread! / this.#count,
    }
  }

  /**
   * Compares R estimates, at least two, to a reference g. The bias has its sampling error removed,
   * so that it does not shrink with R:
   *
   *     bias² = max(0, ‖mean − g‖² − variance / R − variance of g) / ‖g‖²
   *
   * Before it is cut at 0, its mean is the true ‖E estimate − E g‖² / ‖g‖². Without any bias its
   * standard deviation is √2 · spread of (mean − g) / ‖g‖², so that the smallest bias to be told
   * from none is
   *
   *     resolution² = 1.645 √2 (spread / R + spread of g) / ‖g‖²
   *
   * @param index of the reference given to the constructor
   */
  against(index: number): Comparison {
    const { values, variance, spread } = this.#references[index]!
    const count = this.#count
    const norm = Math.sqrt(Math.max(0, dot(values, values) - variance))
    const [mean, plain] = [length(this.#mean), length(values)]
    const distance = this.#mean.reduce((sum, value, at) => sum + (value - values[at]!) ** 2, 0)
    const squared = Math.max(0, distance - this.variance / count - variance)
    const own = this.spread
    return {
      norm,
      ...meanAndSd(this.#cosines[index]!),
      cosineOfMean: mean > 0 && plain > 0 ? dot(this.#mean, values) / mean / plain : null,
      bias: norm > 0 ? Math.sqrt(squared) / norm : null,
      biasResolution:
        norm > 0 && own !== null
          ? Math.sqrt(z95 * Math.SQRT2 * (own / count + spread)) / norm
          : null,
    }
  }
}

function meanAndSd(cosines: readonly number[]) {
  if (cosines.length < 2) return { cosineMean: null, cosineSd: null }
  const cosineMean = cosines.reduce((sum, c) => sum + c, 0) / cosines.length
  const squares = cosines.reduce((sum, c) => sum + (c - cosineMean) ** 2, 0)
  return { cosineMean, cosineSd: Math.sqrt(squares / (cosines.length - 1)) }
}

function length(a: ArrayLike<number>): number {
  return Math.sqrt(dot(a, a))
}

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0
  for (let at = 0; at < a.length; at++) sum += a[at]! * b[at]!
  return sum
}
