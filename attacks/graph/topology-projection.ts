/** How far the sum may be from the budget. */
const tolerance = 1e-5

/**
 * The nearest point with all values in [0, 1] and a sum of at most the budget, in place:
 * `clip(s − μ, 0, 1)`, with μ = 0 where that is within the budget and else found by bisection.
 * What is not a number becomes 0.
 *
 * @see Xu et al., "Topology attack and defense for graph neural networks", 2019, proposition 1
 */
export function projectOntoBudget(s: Float32Array, budget: number): void {
  for (let at = 0; at < s.length; at++) if (!(s[at]! > 0)) s[at] = 0
  // Values that are zero stay so: μ is never negative.
  const positive = s.filter(value => value > 0)
  const sumAt = (shift: number) => {
    let sum = 0
    for (const value of positive) sum += Math.min(Math.max(value - shift, 0), 1)
    return sum
  }
  const shift = sumAt(0) <= budget ? 0 : bisect(sumAt, budget, positive)
  for (let at = 0; at < s.length; at++) s[at] = Math.min(Math.max(s[at]! - shift, 0), 1)
}

/** Where a falling function of the shift reaches the budget, from below. */
function bisect(sumAt: (shift: number) => number, budget: number, positive: Float32Array): number {
  let low = 0
  let high = positive.reduce((largest, value) => Math.max(largest, value), 0)
  for (let round = 0; round < 200 && budget - sumAt(high) > tolerance; round++) {
    const middle = (low + high) / 2
    if (sumAt(middle) > budget) low = middle
    else high = middle
  }
  return high
}
