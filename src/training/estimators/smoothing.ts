import type { Site } from '../../../models/network.ts'
import { tf } from '../../engine/tf.ts'
import { type NoiseOptions, type NoiseVectors, noiseVectors } from '../../random/noise-vectors.ts'
import { decay, type SigmaSchedule } from '../schedule.ts'
import type { Noise } from './estimator.ts'

/** One value for all sites, or one for each in their order. */
export type PerSite<Value> = Value | readonly Value[]

/** What is subtracted from a copy's loss before it weighs the copy's noise. */
export type Baseline = 'none' | 'clean' | 'leave-one-out'

/** How the noise of an estimator is drawn. */
export interface Injection {
  /** Noisy passes; even with antithetic pairs. */
  readonly copies: PerSite<number>
  /** Standard deviation of the noise at the start, in units of what it is added to. */
  readonly sigma: PerSite<number>
  readonly sigmaSchedule: SigmaSchedule
  readonly noise: NoiseOptions
}

/** How losses of noisy passes become a gradient. */
export interface Weighing {
  /** Whether every noise vector is also used with the opposite sign. */
  readonly antithetic: boolean
  /** `leave-one-out` (the mean loss of the other copies) needs independent copies, no pairs. */
  readonly baseline: Baseline
  /** Most values of noise held at once; the estimate depends on it in the last digits only. */
  readonly chunkValues?: number
}

/** Chosen on the wasm engine: larger chunks leave the processor's cache. */
export const defaultChunkValues = 2 ** 20

/** The value that holds at a site. */
export function atSite<Value extends number | string>(
  value: PerSite<Value>,
  { index }: Pick<Site, 'index'>,
): Value {
  return typeof value === 'object' ? value[index]! : value
}

/** Standard deviation of the noise at a site at this time. */
export function sigmaAt(options: Injection, site: Pick<Site, 'index'>, noise: Noise): number {
  return atSite(options.sigma, site) * decay(options.sigmaSchedule, noise.epoch)
}

/** The update's noise vectors of this name. */
export function drawn(
  options: NoiseOptions,
  name: string,
  extent: Parameters<typeof noiseVectors>[1],
  noise: Noise,
): NoiseVectors {
  return noiseVectors(options, extent, noise.stream(name), noise.stream(name, 'scramble'))
}

/**
 * Score of unit-variance noise, `−∇ log p(ε)`: ε for the Gaussian law; √2 sign(ε) for the Laplace
 * law, whose density is `exp(−√2 |ε|) / √2`. With `E[L(v + σ ε)]` smoothed by either, its gradient
 * is `E[L(v + σ ε) · score(ε)] / σ`.
 */
export function score(kind: NoiseOptions['kind'], epsilon: tf.Tensor): tf.Tensor {
  if (kind === 'gaussian') return epsilon
  return tf.tidy(() => tf.mul(tf.sub(tf.mul(tf.step(epsilon), 2), 1), Math.SQRT2))
}

/** Values `[a, b]` times values `[a, b, …]`. */
export function weighted(weight: tf.Tensor, values: tf.Tensor): tf.Tensor {
  const ones = values.shape.slice(weight.rank).map(() => 1)
  return tf.mul(values, tf.reshape(weight, [...weight.shape, ...ones]))
}

/** @throws RangeError where pairs or the baseline need other copies */
export function requireCopies(copies: PerSite<number>, { antithetic, baseline }: Weighing): void {
  const least = baseline === 'leave-one-out' ? 2 : 1
  for (const count of [copies].flat()) {
    if (count < least || (antithetic && count % 2 !== 0)) {
      throw new RangeError(
        `invalid copies: ${count} (antithetic pairs need an even number, leave-one-out two)`,
      )
    }
  }
}
