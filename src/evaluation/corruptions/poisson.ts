import { logGamma } from '../../statistics/gamma.ts'

/** Probabilities too small to be met by 32 random bits. */
const negligible = 1e-18

/**
 * A Poisson variable by inversion: the probabilities are taken off the uniform one after the other,
 * outwards from the mode, so about as many are needed as the standard deviation.
 *
 * @param mean not negative
 * @param uniform in [0, 1)
 */
export function poisson(mean: number, uniform: number): number {
  if (mean === 0) return 0
  const mode = Math.floor(mean)
  let below = Math.exp(mode * Math.log(mean) - mean - logGamma(mode + 1))
  let above = below
  let rest = uniform - below
  for (let distance = 1; rest >= 0; distance++) {
    above *= mean / (mode + distance)
    rest -= above
    if (rest < 0) return mode + distance
    below = distance > mode ? 0 : (below * (mode - distance + 1)) / mean
    rest -= below
    if (rest < 0) return mode - distance
    if (above + below < negligible) return mode
  }
  return mode
}
