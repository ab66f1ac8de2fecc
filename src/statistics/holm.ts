/**
 * Holm's adjusted p-values of a family of tests, in the order given: rejecting those of at most α
 * keeps the probability of any false rejection within α, however the tests depend on each other.
 *
 *     adjusted(i) = max over j ≤ i of min(1, (m − j + 1) · p(j)),  p(1) ≤ … ≤ p(m)
 *
 * @param p values from 0 to 1
 * @throws RangeError for another value
 * @see Holm (1979), A simple sequentially rejective multiple test procedure.
 */
export function holm(p: readonly number[]): number[] {
  const stray = p.find(value => !(value >= 0 && value <= 1))
  if (stray !== undefined) throw new RangeError(`invalid p-value: ${stray}; expected 0 to 1`)
  const order = p.map((_, at) => at).sort((a, b) => p[a]! - p[b]!)
  const adjusted = new Array<number>(p.length)
  let largest = 0
  order.forEach((at, rank) => {
    largest = Math.max(largest, Math.min(1, (p.length - rank) * p[at]!))
    adjusted[at] = largest
  })
  return adjusted
}
