import type { Network, Parameters, Prefix } from '../../../models/network.ts'
import { tf } from '../../engine/tf.ts'
import { crossEntropy, type Loss } from '../loss.ts'
import type { Noise, SiteEstimator } from './estimator.ts'
import { siteBySite, zeroCopy } from './site-by-site.ts'

export interface LikelihoodRatioOptions {
  /** Noisy passes per site and example; even with antithetic pairs. */
  readonly copies: number
  /** Standard deviation of the noise on a pre-activation. */
  readonly sigma: number
  /** Whether every noise vector is also used with the opposite sign. */
  readonly antithetic: boolean
  /** What is subtracted from a loss before it weighs its noise; pairs need none. */
  readonly baseline: 'none' | 'clean'
  /** Most values of noise held at once; the estimate depends on it in the last digits only. */
  readonly chunkValues?: number
}

/** Chosen on the wasm engine: larger chunks leave the processor's cache. */
const defaultChunkValues = 2 ** 20

/**
 * Likelihood-ratio estimator with noise on one site's pre-activation at a time: forward passes
 * only, nothing is differentiated.
 *
 *     δ = (1/K) Σ_pairs (L⁺ − L⁻) ε / σ         antithetic
 *     δ = (1/K) Σ_copies (L − b) ε / σ          else; b = 0 or the loss of the clean pass
 *
 * @param loss needs no derivative
 * @see arXiv 2305.08960; Glynn, "Likelihood ratio gradient estimation", 1990
 */
export function likelihoodRatio(
  options: LikelihoodRatioOptions,
  loss: Loss = crossEntropy,
): SiteEstimator {
  const { copies, antithetic, baseline } = options
  if (copies < 1 || (antithetic && copies % 2 !== 0)) {
    throw new RangeError(`invalid copies: ${copies} (antithetic pairs need an even number)`)
  }
  const extra = !antithetic && baseline === 'clean' ? 1 : 0
  return siteBySite(loss, copies + extra, (network, parameters, prefix, labels, noise) =>
    tf.tidy(() => {
      const losses = lossesOf(loss, network, parameters, prefix, labels)
      const b = extra ? losses(zeroCopy(prefix)) : undefined
      return accumulate(options, prefix, noise, epsilon =>
        antithetic
          ? pairWeights(losses, epsilon, options)
          : copyWeights(losses, epsilon, options, b),
      )
    }),
  )
}

type Losses = (perturbation: tf.Tensor) => tf.Tensor2D

/** Losses `[copies, batch]` under a perturbation `[copies, batch, ...]` at the prefix's site. */
function lossesOf(
  loss: Loss,
  network: Network,
  parameters: Parameters,
  prefix: Prefix,
  labels: tf.Tensor2D,
): Losses {
  return perturbation => loss(network.resume(parameters, prefix, perturbation), labels)
}

/** Weight `[pairs, batch]` of each noise vector: (L⁺ − L⁻) / (σ K batch). */
function pairWeights(losses: Losses, epsilon: tf.Tensor, options: LikelihoodRatioOptions) {
  const [pairs, batch] = epsilon.shape as [number, number]
  const scaled = tf.mul(epsilon, options.sigma)
  const both = losses(tf.concat([scaled, tf.neg(scaled)]))
  const [plus, minus] = tf.split(both, [pairs, pairs]) as [tf.Tensor, tf.Tensor]
  return tf.div(tf.sub(plus, minus), options.sigma * options.copies * batch)
}

/** Weight `[copies, batch]` of each noise vector: (L − b) / (σ K batch). */
function copyWeights(
  losses: Losses,
  epsilon: tf.Tensor,
  options: LikelihoodRatioOptions,
  b: tf.Tensor2D | undefined,
) {
  const batch = epsilon.shape[1]!
  const loss = losses(tf.mul(epsilon, options.sigma))
  return tf.div(b ? tf.sub(loss, b) : loss, options.sigma * options.copies * batch)
}

/** Σ weight · ε over all noise vectors of a site, `[batch, ...site.shape]`, chunk by chunk. */
function accumulate(
  { copies, antithetic, chunkValues = defaultChunkValues }: LikelihoodRatioOptions,
  { site, preactivation }: Prefix,
  noise: Noise,
  weights: (epsilon: tf.Tensor) => tf.Tensor,
): tf.Tensor {
  const vectors = antithetic ? copies / 2 : copies
  const perVector = preactivation.size
  const perChunk = Math.max(1, Math.floor(chunkValues / perVector))
  let total: tf.Tensor | undefined
  for (let first = 0; first < vectors; first += perChunk) {
    const count = Math.min(perChunk, vectors - first)
    const values = noise(site, new Float32Array(count * perVector), first * perVector)
    const sum = tf.tidy(() => {
      const epsilon = tf.tensor(values, [count, ...preactivation.shape])
      const weight = weights(epsilon)
      const spread = tf.reshape(weight, [...weight.shape, ...site.shape.map(() => 1)])
      return tf.sum(tf.mul(epsilon, spread), 0)
    })
    const before = total
    total = before ? tf.add(before, sum) : sum
    if (before) tf.dispose([before, sum])
  }
  return total!
}
