import type { Victim } from '../../../attacks/victim.ts'
import { stream } from '../../random/stream.ts'
import { mcnemar } from '../../statistics/paired.ts'
import { noisyCounts } from './noisy-counts.ts'
import type { SmoothingOptions } from './options.ts'

/**
 * PREDICT: the class that the most noisy copies were given, or null where that may be chance.
 *
 * @param x one input, of the victim's input shape
 * @param example the input's own number, from which its random numbers come
 * @see Cohen, Rosenfeld and Kolter (2019), Certified adversarial robustness via randomized smoothing.
 */
export function predictSmoothed(
  victim: Victim,
  x: Float32Array,
  { sigma, estimation, alpha, batch }: Omit<SmoothingOptions, 'selection'>,
  seed: number,
  example: number,
): number | null {
  const random = stream(seed, 'smoothing', 'prediction', example)
  return topClass(noisyCounts(victim, x, { sigma, copies: estimation, batch }, random), alpha)
}

/**
 * The most frequent class, or null where a two-sided binomial test with probability ½ between it
 * and the second does not reject at α.
 *
 * @param counts of the classes, at least two
 */
export function topClass(counts: ArrayLike<number>, alpha: number): number | null {
  const order = Array.from({ length: counts.length }, (_, at) => at).sort(
    (a, b) => counts[b]! - counts[a]!,
  )
  const [first, second] = [order[0]!, order[1]!]
  // With probability ½ the exact McNemar test is this binomial test.
  return mcnemar(counts[first]!, counts[second]!) > alpha ? null : first
}
