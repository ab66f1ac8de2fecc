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
  const shift = sumOfClipped(positive, 0) <= budget ? 0 : shiftFor(positive, budget)
  for (let at = 0; at < s.length; at++) s[at] = Math.min(Math.max(s[at]! - shift, 0), 1)
}

/** The shift at which positive values add up to the budget, or to a little less. */
function shiftFor(positive: Float32Array, budget: number): number {
  let values = positive
  let low = 0
  let high = values.reduce((largest, value) => Math.max(largest, value), 0)
  for (let round = 0; round < 200 && budget - sumOfClipped(values, high) > tolerance; round++) {
    const middle = (low + high) / 2
    if (sumOfClipped(values, middle) > budget) {
      low = middle
      // What is below the shift is zero from here on.
      values = values.filter(value => value > middle)
    } else high = middle
  }
  return high
}

/** `Σ clip(s − μ, 0, 1)` */
function sumOfClipped(values: Float32Array, shift: number): number {
  let sum = 0
  for (let at = 0; at < values.length; at++) {
    sum += Math.min(Math.max(values[at]! - shift, 0), 1)
  }
  return sum
}
