import { inverseIncompleteBeta } from './beta.ts'
import { type Interval, requireCounts } from './wilson.ts'

/**
 * Clopper-Pearson interval of a share: never covers less than asked, hence wider than Wilson's.
 *
 * With α = 1 − level: low is the α/2 quantile of Beta(k, n − k + 1), high the 1 − α/2 quantile of
 * Beta(k + 1, n − k).
 *
 * @param successes k, a whole number from 0 to n
 * @param trials n; without trials the interval is [0, 1]
 * @param level coverage, 0.95 if absent
 * @throws RangeError for other counts
 * @see Clopper and Pearson (1934), The use of confidence or fiducial limits illustrated in the case
 * of the binomial.
 */
export function clopperPearson(successes: number, trials: number, level = 0.95): Interval {
  requireCounts(successes, trials)
  const tail = (1 - level) / 2
  const failures = trials - successes
  return {
    low: successes === 0 ? 0 : inverseIncompleteBeta(tail, successes, failures + 1),
    high: failures === 0 ? 1 : inverseIncompleteBeta(1 - tail, successes + 1, failures),
  }
}

/**
 * One-sided lower Clopper-Pearson bound of a share: the share lies below it with probability α at
 * most. It is the α quantile of Beta(k, n − k + 1).
 *
 * @param successes k, a whole number from 0 to n
 * @param trials n
 * @param alpha probability of a bound that is too high, between 0 and 1
 * @throws RangeError for other counts
 */
export function clopperPearsonLower(successes: number, trials: number, alpha: number): number {
  requireCounts(successes, trials)
  return successes === 0 ? 0 : inverseIncompleteBeta(alpha, successes, trials - successes + 1)
}
