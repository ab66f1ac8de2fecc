/** Coefficients of Lanczos' approximation with g = 7 and nine terms. */
const coefficients = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313,
  -176.61502916214059, 12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6,
  1.5056327351493116e-7,
] as const

/**
 * Natural logarithm of the gamma function, ln Γ(x) for x > 0; relative error about 1e-15.
 *
 * @see Lanczos (1964), A precision approximation of the gamma function.
 */
export function logGamma(x: number): number {
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - logGamma(1 - x)
  const shifted = x - 1
  const t = shifted + 7.5
  const series = coefficients.reduce((sum, c, i) => sum + (i === 0 ? c : c / (shifted + i)), 0)
  return 0.5 * Math.log(2 * Math.PI) + (shifted + 0.5) * Math.log(t) - t + Math.log(series)
}
