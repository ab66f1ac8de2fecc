import type { Network, Parameters, Site } from '../../../models/network.ts'
import { tf } from '../../engine/tf.ts'
import {
  type NoiseExtent,
  type NoiseOptions,
  type NoiseVectors,
  noiseVectors,
} from '../../random/noise-vectors.ts'
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
  /**
   * Whether noise answers for the losses that it can reach alone (see `Network.credit`), else for
   * the whole objective; true when absent.
   */
  readonly localCredit?: boolean
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

/** Standard deviation of noise: of all of it, or of every channel, `[channels]`. */
export type Sigma = number | tf.Tensor

/** Standard deviation of the noise at a site at this time, as it is set. */
export function sigmaAt(options: Injection, site: Pick<Site, 'index'>, noise: Noise): number {
  return atSite(options.sigma, site) * decay(options.sigmaSchedule, noise.epoch)
}

/** As `sigmaAt`, or the learned one where the parameters hold it: see `learnedSigmas`. */
export function currentSigma(
  options: Injection,
  site: Site,
  noise: Noise,
  parameters: Parameters,
): Sigma {
  const learned = parameters[sigmaName(site)]
  if (!learned) return sigmaAt(options, site, noise)
  return tf.tidy(() => tf.exp(tf.clipByValue(learned, Math.log(1e-4), Math.log(10))))
}

/** Name of the logarithms of a site's learned standard deviations, `[channels]`. */
export function sigmaName({ name }: Site): string {
  return `sigma/${name}`
}

/** What is learned beside the network's parameters: log σ of every site and channel. */
export function learnedSigmas(options: Injection, network: Network): Parameters {
  return Object.fromEntries(
    network.sites.map(site => {
      const start = Math.log(atSite(options.sigma, site))
      return [sigmaName(site), tf.fill([site.shape.at(-1)!], start)]
    }),
  )
}

/** The update's noise vectors of this name. */
export function drawn(
  options: NoiseOptions,
  name: string,
  extent: NoiseExtent,
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

/**
 * Derivative of `log p` of noise with respect to log σ: `ε · score(ε) − 1`. With it
 * `∂/∂log σ E[L(v + σ ε)] = E[L · (ε · score(ε) − 1)]`.
 */
export function scaleScore(kind: NoiseOptions['kind'], epsilon: tf.Tensor): tf.Tensor {
  return tf.tidy(() => tf.sub(tf.mul(epsilon, score(kind, epsilon)), 1))
}

/** Sum over all axes but the last, the channels. */
export function byChannel(values: tf.Tensor): tf.Tensor {
  return tf.sum(tf.reshape(values, [-1, values.shape.at(-1)!]), 0)
}

/**
 * Credits `[copies, …]` less the baseline; of leave-one-out scaled as the mean over the copies asks.
 *
 * @param clean credit of the clean pass, `[1, …]`, for that baseline
 */
export function lessBaseline(
  credits: tf.Tensor,
  baseline: Baseline,
  clean: tf.Tensor | undefined,
): tf.Tensor {
  if (baseline === 'none') return credits
  if (baseline === 'clean') return tf.sub(credits, clean!)
  const copies = credits.shape[0]!
  return tf.mul(tf.sub(credits, tf.mean(credits, 0, true)), copies / (copies - 1))
}

/** Values `[a, b]` times values `[a, b, …]`; where an axis of the first is one, it repeats. */
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

/** Sums by name; what one of them lacks counts as zero. */
export function sumOfRecords(
  sums: Readonly<Record<string, tf.Tensor>>,
  more: Readonly<Record<string, tf.Tensor>>,
): Record<string, tf.Tensor> {
  return Object.fromEntries(
    Object.entries(more).map(([name, part]) => {
      const before = sums[name]
      return [name, before ? tf.add(before, part) : part]
    }),
  )
}
