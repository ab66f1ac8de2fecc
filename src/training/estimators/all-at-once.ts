import type { Network, Parameters, Prefix } from '../../../models/network.ts'
import { type Surrogate, withSurrogate } from '../../../models/surrogate.ts'
import { tf } from '../../engine/tf.ts'
import { tidied } from '../../engine/tidied.ts'
import { crossEntropy, type Loss } from '../loss.ts'
import type { Estimator, Noise } from './estimator.ts'
import { cleanPass, noisyPass } from './noisy-pass.ts'
import { creditOf, objective, weightedLosses } from './objective.ts'
import { zeroCopy } from './site-by-site.ts'
import {
  defaultChunkValues,
  drawn,
  type Injection,
  lessBaseline,
  requireCopies,
  score,
  sigmaAt,
  sumOfRecords,
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
 *     ∂J/∂θ_l = (1/K) Σ_copies (∂v_l/∂θ_l)ᵀ(x̃_l) (C − b) s(ε_l) / σ_l
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
    estimate: (network, parameters, batch, noise) =>
      tidied(() => {
        const clean = cleanPass(network, parameters, batch.x)
        const last = clean.at(-1)!
        const cleanLogits = network.resume(parameters, last, zeroCopy(last)).logits
        const cleanLosses = weightedLosses(loss, cleanLogits, batch)
        const sigmas = network.sites.map(site => sigmaAt(options, site, noise))
        const draws = noiseOfSites(options, clean, vectors, noise)
        const perVector = clean.reduce((sum, { preactivation }) => sum + preactivation.size, 0)
        const { chunkValues = defaultChunkValues } = options
        const fitting = Math.max(1, Math.floor(chunkValues / perVector))
        // Leaving one out takes the losses of all the others.
        const perChunk = baseline === 'leave-one-out' ? vectors : fitting
        let gradients: Record<string, tf.Tensor> = {}
        for (let first = 0; first < vectors; first += perChunk) {
          const values = draws(first, Math.min(perChunk, vectors - first))
          for (const sign of antithetic ? [1, -1] : [1]) {
            gradients = tidied(() => {
              const epsilons = values.map(part => tf.mul(part, sign))
              const perturbations = epsilons.map((part, at) => tf.mul(part, sigmas[at]!))
              const pass = noisyPass(network, parameters, clean[0]!, perturbations)
              const losses = weightedLosses(loss, pass.logits, batch)
              const found = network.sites.map(({ index }) => {
                const request = { network, prefix: clean[index]! }
                const credits = creditOf(request, losses, options)
                const less = lessBaseline(
                  credits,
                  baseline,
                  creditOf(request, cleanLosses, options),
                )
                const scores = score(options.noise.kind, epsilons[index]!)
                const delta = tf.div(weighted(less, scores), sigmas[index]! * copies)
                return siteGradient(network, parameters, clean[0]!, pass.prefixes[index]!, delta)
              })
              return sumOfRecords(gradients, Object.assign({}, ...found))
            })
          }
          tf.dispose(values)
        }
        const mean = objective(loss, cleanLogits, batch)
        return { loss: mean, gradients, forwards: 1 + copies }
      }),
  }
}

/**
 * The pathwise counterpart of `allAtOnce`: backpropagation through noise at all sites at once.
 *
 * @param loss must be differentiable
 */
export function backpropNoiseAllAtOnce(
  options: Injection & { readonly copies: number },
  loss: Loss = crossEntropy,
  surrogate?: Surrogate,
): Estimator {
  const { copies } = options
  return {
    estimate: (network, parameters, batch, noise) =>
      tidied(() => {
        const differentiable = withSurrogate(network, surrogate)
        const names = network.parameters.map(({ name }) => name)
        const clean = cleanPass(network, parameters, batch.x)
        const last = clean.at(-1)!
        const cleanLogits = network.resume(parameters, last, zeroCopy(last)).logits
        const perturbations = noiseOfSites(
          options,
          clean,
          copies,
          noise,
        )(0, copies).map((part, at) => tf.mul(part, sigmaAt(options, network.sites[at]!, noise)))
        const { grads } = tf.valueAndGrads((...values: tf.Tensor[]) => {
          const given = Object.fromEntries(names.map((name, at) => [name, values[at]!]))
          const entrance = differentiable.enter(given, batch.x)
          const { logits } = noisyPass(differentiable, given, entrance, perturbations)
          return tf.div(objective(loss, logits, batch), copies) as tf.Scalar
        })(names.map(name => parameters[name]!))
        return {
          loss: objective(loss, cleanLogits, batch),
          gradients: Object.fromEntries(names.map((name, at) => [name, grads[at]!])),
          forwards: 1 + copies,
        }
      }),
  }
}

/** Draws the noise of some vectors for all sites, `[count, units, ...site.shape]` each. */
function noiseOfSites(
  options: Injection,
  clean: readonly Prefix[],
  vectors: number,
  noise: Noise,
): (first: number, count: number) => tf.Tensor[] {
  const draws = clean.map(({ site, preactivation }) => {
    const [units = 1] = preactivation.shape
    const extent = { vectors, units, dimensions: preactivation.size / units }
    return drawn(options.noise, site.name, extent, noise)
  })
  return (first, count) =>
    clean.map(({ preactivation: { size, shape } }, at) =>
      tf.tensor(draws[at]!(new Float32Array(count * size), first), [count, ...shape]),
    )
}

/**
 * The gradient of one site's parameters.
 *
 * @param entrance the clean prefix of the first site, which all copies share
 * @param noisy the site's prefix of all copies
 * @param delta `[copies, units, ...site.shape]`
 */
function siteGradient(
  network: Network,
  parameters: Parameters,
  entrance: Prefix,
  noisy: Prefix,
  delta: tf.Tensor,
): Record<string, tf.Tensor> {
  const { site } = noisy
  const trajectory = network.trajectory(parameters, noisy)
  if (site.index === 0) {
    const own = site.feedback ? delta : tf.sum(delta, 0)
    return network.localGradient(entrance, own, trajectory)
  }
  const rows = tf.reshape(delta, noisy.preactivation.shape)
  return network.localGradient(noisy, site.feedback ? tf.expandDims(rows, 0) : rows, trajectory)
}
