import { incompleteBeta, inverseIncompleteBeta } from './beta.ts'

/** Mean of a few independent values, e.g. one a seed. */
export interface MeanSummary {
  readonly n: number
  readonly mean: number
  /** Sample standard deviation (n − 1); null for one value. */
  readonly sd: number | null
  /** sd / √n; null for one value. */
  readonly standardError: number | null
  /** Bounds of Student's t-interval of the mean; null for one value. */
  readonly low: number | null
  readonly high: number | null
}

/**
 * Mean, spread and t-interval of independent values: mean ± t(n − 1) · sd / √n.
 *
 * @param values at least one finite number
 * @param level coverage of the interval, 0.95 if absent
 * @throws RangeError without values, or for one that is not finite
 */
export function summarise(values: readonly number[], level = 0.95): MeanSummary {
  const n = values.length
  if (n === 0) throw new RangeError('missing values: expected at least one')
  const stray = values.find(value => !Number.isFinite(value))
  if (stray !== undefined) throw new RangeError(`invalid value: ${stray}; expected finite numbers`)
  const mean = values.reduce((sum, value) => sum + value, 0) / n
  if (n === 1) return { n, mean, sd: null, standardError: null, low: null, high: null }
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  const sd = Math.sqrt(squares / (n - 1))
  const standardError = sd / Math.sqrt(n)
  const half = studentQuantile((1 + level) / 2, n - 1) * standardError
  return { n, mean, sd, standardError, low: mean - half, high: mean + half }
}

/**
 * Quantile of Student's t-distribution, for a probability of at least ½.
 *
 * If x is the 2(1 − p) quantile of Beta(ν/2, ½) then t = √(ν (1 − x) / x).
 *
 * @param p probability from ½ to below 1
 * @param freedom ν, degrees of freedom
 */
export function studentQuantile(p: number, freedom: number): number {
  const x = inverseIncompleteBeta(2 * (1 - p), freedom / 2, 0.5)
  return Math.sqrt((freedom * (1 - x)) / x)
}

/**
 * Two-sided p-value of Student's t-test that a mean is zero: with t = mean · √n / sd and ν = n − 1,
 * p = I_x(ν/2, ½) for x = ν / (ν + t²). Applied to differences it is the paired t-test.
 *
 * @param values at least two finite numbers
 * @returns 1 where all values are zero, 0 where all are the same other one
 * @throws RangeError for fewer values, or for one that is not finite
 */
export function studentTest(values: readonly number[]): number {
  const { n, mean, standardError } = summarise(values)
  if (standardError === null) throw new RangeError('missing values: expected at least two')
  if (mean === 0) return 1
  const freedom = n - 1
  return incompleteBeta(freedom / (freedom + (mean / standardError) ** 2), freedom / 2, 0.5)
}
