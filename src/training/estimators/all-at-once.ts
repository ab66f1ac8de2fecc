import type { Network, Parameters, Prefix } from '../../../models/network.ts'
import { tf } from '../../engine/tf.ts'
import { tidied } from '../../engine/tidied.ts'
import { crossEntropy, type Loss } from '../loss.ts'
import type { Batch, Estimator } from './estimator.ts'
import { zeroCopy } from './site-by-site.ts'
import {
  defaultChunkValues,
  drawn,
  type Injection,
  requireCopies,
  score,
  sigmaAt,
  type Weighing,
  weighted,
} from './smoothing.ts'

export interface AllAtOnceOptions extends Injection, Weighing {
  readonly copies: number
}

/**
 * Likelihood-ratio estimator with noise on the pre-activations of all sites at once. Every local
 * gradient uses the noisy input x̃ of its copy, so there is one correlation for every copy:
 *
 *     ∂J/∂θ_l = (1/K) Σ_copies (∂v_l/∂θ_l)ᵀ(x̃_l) (L − b) s(ε_l) / σ_l
 *
 * The two of an antithetic pair differ in x̃, so a baseline matters with pairs too.
 *
 * @param loss needs no derivative
 * @see arXiv 2305.08960, of which this is the ablation of layer-wise injection
 */
export function allAtOnce(options: AllAtOnceOptions, loss: Loss = crossEntropy): Estimator {
  requireCopies(options.copies, options)
  const { copies, antithetic, baseline } = options
  const vectors = antithetic ? copies / 2 : copies
  return {
    estimate(network, parameters, batch, noise) {
      const count = batch.x.shape[0]
      const sizes = network.sites.map(site => tf.util.sizeFromShape([...site.shape]))
      const draws = network.sites.map(({ name }, at) =>
        drawn(options.noise, name, { vectors, units: count, dimensions: sizes[at]! }, noise),
      )
      const sigmas = network.sites.map(site => sigmaAt(options, site, noise))
      const perVector = count * sizes.reduce((sum, size) => sum + size, 0)
      const { chunkValues = defaultChunkValues } = options
      const fitting = Math.max(1, Math.floor(chunkValues / perVector))
      // Leaving one out takes the losses of all the others.
      const perChunk = baseline === 'leave-one-out' ? vectors : fitting
      return tidied(() => {
        const clean = loss(network.logits(parameters, batch.x), batch.labels)
        let gradients: Record<string, tf.Tensor> = {}
        for (let first = 0; first < vectors; first += perChunk) {
          const length = Math.min(perChunk, vectors - first)
          const epsilons = draws.map((draw, at) =>
            draw(new Float32Array(length * count * sizes[at]!), first),
          )
          for (const sign of antithetic ? [1, -1] : [1]) {
            gradients = tidied(() => {
              const noisy = noisyPass(network, parameters, batch.x, length, epsilons, sigmas, sign)
              const losses = loss(noisy.logits, batch.labels)
              const weight = tf.div(less(losses, clean, baseline), copies * count)
              const flat = tf.reshape(weight, [-1])
              const found = noisy.prefixes.map((prefix, at) => {
                const scores = score(options.noise.kind, noisy.epsilons[at]!)
                const delta = tf.div(weighted(flat, scores), sigmas[at]!)
                return network.localGradient(prefix, delta)
              })
              return added(gradients, Object.assign({}, ...found))
            })
          }
        }
        const forwards = 1 + copies
        return { loss: tf.mean(clean) as tf.Scalar, gradients, forwards }
      })
    },
  }
}

/** Losses `[copies, batch]` less the baseline. */
function less(losses: tf.Tensor, clean: tf.Tensor, baseline: Weighing['baseline']): tf.Tensor {
  if (baseline === 'none') return losses
  if (baseline === 'clean') return tf.sub(losses, clean)
  const copies = losses.shape[0]!
  return tf.mul(tf.sub(losses, tf.mean(losses, 0, true)), copies / (copies - 1))
}

/** Runs copies of a batch with `sign · σ ε` added at every site. */
function noisyPass(
  network: Network,
  parameters: Parameters,
  x: Batch['x'],
  copies: number,
  values: readonly Float32Array[],
  sigmas: readonly number[],
  sign: number,
) {
  const epsilons: tf.Tensor[] = []
  const prefixes: Prefix[] = []
  let prefix = network.enter(parameters, tf.tile(x, [copies, 1, 1, 1]))
  for (const { index } of network.sites) {
    const epsilon = tf.mul(tf.tensor(values[index]!, prefix.preactivation.shape), sign)
    const preactivation = tf.add(prefix.preactivation, tf.mul(epsilon, sigmas[index]!))
    const noisy: Prefix = { ...prefix, preactivation }
    epsilons.push(epsilon)
    prefixes.push(noisy)
    prefix = index < network.sites.length - 1 ? network.advance(parameters, noisy) : noisy
  }
  return { epsilons, prefixes, logits: network.resume(parameters, prefix, zeroCopy(prefix)) }
}

function added(
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
