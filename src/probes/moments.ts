/** Gathers estimates of one vector and compares them to a reference, in double precision. */
export class Moments {
  readonly #reference: Float32Array
  readonly #referenceNorm: number
  readonly #mean: Float64Array
  /** Sum of squared deviations from the running mean, over all entries. */
  #deviations = 0
  #count = 0
  readonly #cosines: number[] = []

  constructor(reference: Float32Array) {
    this.#reference = reference
    this.#referenceNorm = Math.sqrt(dot(reference, reference))
    this.#mean = new Float64Array(reference.length)
  }

  /**
   * Takes in one estimate.
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
    const norm = Math.sqrt(dot(estimate, estimate))
    if (norm > 0 && this.#referenceNorm > 0) {
      this.#cosines.push(dot(estimate, this.#reference) / norm / this.#referenceNorm)
    }
  }

  /** Statistics of all estimates so far; at least two. */
  summary() {
    const variance = this.#deviations / (this.#count - 1)
    const meanNorm = Math.sqrt(dot(this.#mean, this.#mean))
    const referenceNorm = this.#referenceNorm
    const comparable = meanNorm > 0 && referenceNorm > 0
    return {
      referenceNorm,
      variance,
      relativeVariance: referenceNorm > 0 ? variance / referenceNorm ** 2 : null,
      ...meanAndSd(this.#cosines),
      cosineOfMean: comparable ? dot(this.#mean, this.#reference) / meanNorm / referenceNorm : null,
    }
  }
}

function meanAndSd(cosines: readonly number[]) {
  if (cosines.length < 2) return { cosineMean: null, cosineSd: null }
  const cosineMean = cosines.reduce((sum, c) => sum + c, 0) / cosines.length
  const squares = cosines.reduce((sum, c) => sum + (c - cosineMean) ** 2, 0)
  return { cosineMean, cosineSd: Math.sqrt(squares / (cosines.length - 1)) }
}

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0
  for (let at = 0; at < a.length; at++) sum += a[at]! * b[at]!
  return sum
}
