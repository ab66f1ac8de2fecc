/**
 * Quantile of values by linear interpolation between order statistics: at place (n − 1) p of the
 * sorted values, counted from 0.
 *
 * @param sorted ascending, at least one
 * @param p from 0 to 1
 * @throws RangeError without values
 * @see Hyndman and Fan (1996), Sample quantiles in statistical packages, definition 7.
 */
export function empiricalQuantile(sorted: ArrayLike<number>, p: number): number {
  if (sorted.length === 0) throw new RangeError('missing values: expected at least one')
  const place = (sorted.length - 1) * p
  const below = Math.floor(place)
  const low = sorted[below]!
  const high = sorted[Math.min(below + 1, sorted.length - 1)]!
  return low + (place - below) * (high - low)
}
