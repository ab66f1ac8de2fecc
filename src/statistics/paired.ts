import { binomialTail } from './binomial.ts'
import { normalQuantile975 } from './wilson.ts'

/** How two classifiers differ on the same n examples. */
export interface PairedDifference {
  /** Share right of the second minus share right of the first. */
  readonly difference: number
  /** Bounds of the Agresti-Min interval of the difference. */
  readonly low: number
  readonly high: number
  /** Two-sided p-value of McNemar's exact test. */
  readonly p: number
}

/**
 * Difference of two shares measured on the same examples, from the discordant counts.
 *
 * The interval is Wald's after adding 2 pseudo-examples, half a one to each cell of the 2×2 table:
 * with b + ½, c + ½ and n + 2, d ± z √(b + c − (c − b)²/n) / n.
 *
 * @param onlyFirst b, examples on which the first alone is right
 * @param onlySecond c, examples on which the second alone is right
 * @param n all examples, at least one
 * @param z quantile of the normal distribution; that of 95 % if absent
 * @throws RangeError for impossible counts
 * @see Agresti and Min (2005), Simple improved confidence intervals for comparing matched
 * proportions.
 */
export function pairedDifference(
  onlyFirst: number,
  onlySecond: number,
  n: number,
  z = normalQuantile975,
): PairedDifference {
  requireWhole(onlyFirst, onlySecond, n)
  if (n < 1 || onlyFirst + onlySecond > n) {
    throw new RangeError(
      `invalid counts: ${onlyFirst} + ${onlySecond} of ${n}; expected b + c ≤ n and n ≥ 1`,
    )
  }
  const trials = n + 2
  const centre = (onlySecond - onlyFirst) / trials
  const discordant = (onlyFirst + onlySecond + 1) / trials
  const half = z * Math.sqrt((discordant - centre ** 2) / trials)
  return {
    difference: (onlySecond - onlyFirst) / n,
    low: Math.max(-1, centre - half),
    high: Math.min(1, centre + half),
    p: mcnemar(onlyFirst, onlySecond),
  }
}

/**
 * Two-sided p-value of McNemar's exact test: of the b + c discordant pairs each falls either way
 * with probability ½ if there is no difference; p = min(1, 2 P(X ≤ min(b, c))).
 *
 * @returns 1 where no pair is discordant
 * @throws RangeError for counts that are not whole
 * @see McNemar (1947), Note on the sampling error of the difference between correlated proportions.
 */
export function mcnemar(onlyFirst: number, onlySecond: number): number {
  requireWhole(onlyFirst, onlySecond)
  const smaller = Math.min(onlyFirst, onlySecond)
  return Math.min(1, 2 * binomialTail(smaller, onlyFirst + onlySecond, 0.5))
}

/**
 * Two-sided mid-p value of McNemar's test: the exact p-value less the probability of the counts
 * that were seen. On average over the number of discordant pairs it keeps the level, which a single
 * number of them may exceed a little; it has more power than the exact test.
 *
 * @returns 1 where no pair is discordant
 * @throws RangeError for counts that are not whole
 * @see Fagerland, Lydersen and Laake (2013), The McNemar test for binary matched-pairs data: mid-p
 * and asymptotic are better than exact conditional.
 */
export function mcnemarMidP(onlyFirst: number, onlySecond: number): number {
  requireWhole(onlyFirst, onlySecond)
  const n = onlyFirst + onlySecond
  if (n === 0) return 1
  const smaller = Math.min(onlyFirst, onlySecond)
  // P(X < k) + P(X ≤ k) counts k once; with b = c both tails hold it, and half of it goes.
  const below = binomialTail(smaller - 1, n, 0.5)
  const upTo = binomialTail(smaller, n, 0.5)
  return onlyFirst === onlySecond ? 1 - (upTo - below) / 2 : below + upTo
}

function requireWhole(...counts: readonly number[]): void {
  const wrong = counts.find(count => !Number.isSafeInteger(count) || count < 0)
  if (wrong !== undefined) throw new RangeError(`invalid count: ${wrong}; expected 0, 1, 2 …`)
}
