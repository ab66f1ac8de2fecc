import type { Victim } from '../../../attacks/victim.ts'
import { inverseNormal } from '../../random/quantiles.ts'
import { stream } from '../../random/stream.ts'
import { clopperPearsonLower } from '../../statistics/clopper-pearson.ts'
import { noisyCounts } from './noisy-counts.ts'
import type { SmoothingOptions } from './options.ts'

/** What is certain, but for the probability α, of the smoothed classifier at one input. */
export interface Certificate {
  /** The class of the smoothed classifier; null where it abstains. */
  readonly prediction: number | null
  /** L2 radius within which the class stays; 0 where it abstains. */
  readonly radius: number
  /** Lower confidence bound of the probability of the class that was selected. */
  readonly lower: number
}

/**
 * CERTIFY: some noisy copies select the class, others bound its probability from below, and the
 * class stays within the L2 radius σ Φ⁻¹(bound). Below ½ it abstains.
 *
 * @param x one input, of the victim's input shape
 * @param example the input's own number, from which its random numbers come
 * @see Cohen, Rosenfeld and Kolter (2019), Certified adversarial robustness via randomized smoothing.
 */
export function certify(
  victim: Victim,
  x: Float32Array,
  { sigma, selection, estimation, alpha, batch }: SmoothingOptions,
  seed: number,
  example: number,
): Certificate {
  const counts = (purpose: string, copies: number) =>
    noisyCounts(victim, x, { sigma, copies, batch }, stream(seed, 'smoothing', purpose, example))
  const selected = counts('selection', selection)
  const top = selected.indexOf(Math.max(...selected))
  const estimated = counts('estimation', estimation)
  return certificate(top, estimated[top]!, { sigma, estimation, alpha })
}

/**
 * The certificate of a class that k of n noisy copies were given.
 *
 * @param k a whole number from 0 to `estimation`
 */
export function certificate(
  top: number,
  k: number,
  { sigma, estimation, alpha }: Pick<SmoothingOptions, 'sigma' | 'estimation' | 'alpha'>,
): Certificate {
  const lower = clopperPearsonLower(k, estimation, alpha)
  if (lower < 0.5) return { prediction: null, radius: 0, lower }
  return { prediction: top, radius: sigma * inverseNormal(lower), lower }
}

/**
 * Certified accuracy: the share of examples that are given their own class within each radius.
 *
 * @param labels true classes, in the order of the certificates
 * @param radii L2 radii, in units of the input
 * @returns one share a radius; 0 for radius r counts every correct certificate
 * @throws RangeError without certificates or for another number of labels
 */
export function certifiedAccuracy(
  certificates: readonly Certificate[],
  labels: ArrayLike<number>,
  radii: readonly number[],
): number[] {
  const n = certificates.length
  if (n === 0 || labels.length !== n) {
    throw new RangeError(`invalid labels: ${labels.length} for ${n} certificates; expected as many`)
  }
  return radii.map(r => {
    const held = certificates.filter(
      ({ prediction, radius }, at) => prediction === labels[at] && radius >= r,
    )
    return held.length / n
  })
}
