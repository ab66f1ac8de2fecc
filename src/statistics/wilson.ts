/** The 97.5 % quantile of the standard normal distribution. */
export const normalQuantile975 = 1.959963984540054

/** An interval of shares. */
export interface Interval {
  readonly low: number
  readonly high: number
}

/**
 * Wilson score interval of a share: the p for which (k/n − p)² ≤ z² p (1 − p) / n.
 *
 * @param successes k, from 0 to n; not whole where n is an effective number of trials
 * @param trials n; without trials nothing is known and the interval is [0, 1]
 * @param z quantile of the normal distribution; that of 95 % if absent
 * @throws RangeError for other counts
 * @see Wilson (1927), Probable inference, the law of succession, and statistical inference.
 */
export function wilson(successes: number, trials: number, z = normalQuantile975): Interval {
  requireCounts(successes, trials)
  if (trials === 0) return { low: 0, high: 1 }
  const share = successes / trials
  const square = (z * z) / trials
  const centre = (share + square / 2) / (1 + square)
  const spread = Math.sqrt((share * (1 - share)) / trials + square / (4 * trials))
  const half = (z * spread) / (1 + square)
  // At the ends the bound is exact, where the formula would leave a rounding error.
  return {
    low: successes === 0 ? 0 : centre - half,
    high: successes === trials ? 1 : centre + half,
  }
}

/** @throws RangeError unless 0 ≤ successes ≤ trials */
export function requireCounts(successes: number, trials: number): void {
  if (!(successes >= 0 && successes <= trials && Number.isFinite(trials))) {
    throw new RangeError(`invalid counts: ${successes} of ${trials}; expected k of n, 0 ≤ k ≤ n`)
  }
}
