/**
 * Distribution function of the standard normal law, Φ(x), to about 15 digits in either tail.
 *
 * @see DLMF 7.6.2 for the series near the centre and 7.9.2 for the fraction in the tails
 */
export function normalDistribution(x: number): number {
  if (Number.isNaN(x)) return Number.NaN
  const size = Math.abs(x)
  if (size < 3) return 0.5 + density(x) * centralSeries(x)
  const tail = size === Infinity ? 0 : density(x) / tailFraction(size)
  return x < 0 ? tail : 1 - tail
}

const density = (x: number) => Math.exp(-0.5 * x * x) / Math.sqrt(2 * Math.PI)

/** x + x³/3 + x⁵/(3·5) + …, all terms of one sign. */
function centralSeries(x: number): number {
  let term = x
  let sum = x
  for (let odd = 3; Math.abs(term) > 1e-17 * Math.abs(sum); odd += 2) {
    term *= (x * x) / odd
    sum += term
  }
  return sum
}

/** x + 1/(x + 2/(x + 3/(x + …))), evaluated from the back. */
function tailFraction(x: number): number {
  let fraction = x
  for (let level = 200; level >= 1; level--) fraction = x + level / fraction
  return fraction
}
