import { incompleteBeta } from './beta.ts'
import { studentQuantile } from './mean.ts'

/** Mean and spread of independent values. */
export interface Sample {
  readonly n: number
  readonly mean: number
  /** Sample standard deviation (n − 1). */
  readonly sd: number
}

/** Difference of two means, second minus first, with its interval and test. */
export interface WelchDifference {
  readonly difference: number
  readonly low: number
  readonly high: number
  /** Two-sided; 1 where neither sample has any spread to judge by. */
  readonly p: number
}

/**
 * Welch's t-test and interval of a difference of means of independent samples:
 * d ± t(ν) √(s₁²/n₁ + s₂²/n₂), ν by Welch and Satterthwaite.
 *
 * @param level coverage of the interval, 0.95 if absent
 * @throws RangeError for samples of fewer than two values
 * @see Welch (1947), The generalization of "Student's" problem when several different population
 * variances are involved.
 */
export function welch(first: Sample, second: Sample, level = 0.95): WelchDifference {
  if (first.n < 2 || second.n < 2) throw new RangeError('missing values: expected two a sample')
  const difference = second.mean - first.mean
  const [a, b] = [first.sd ** 2 / first.n, second.sd ** 2 / second.n]
  const error = Math.sqrt(a + b)
  if (error === 0) return { difference, low: difference, high: difference, p: 1 }
  const freedom = (a + b) ** 2 / (a ** 2 / (first.n - 1) + b ** 2 / (second.n - 1))
  const half = studentQuantile((1 + level) / 2, freedom) * error
  const t = difference / error
  return {
    difference,
    low: difference - half,
    high: difference + half,
    p: difference === 0 ? 1 : incompleteBeta(freedom / (freedom + t ** 2), freedom / 2, 0.5),
  }
}
