import type { Network, Parameters, Prefix } from '../../../models/network.ts'
import { tf } from '../../engine/tf.ts'
import { tidied } from '../../engine/tidied.ts'
import type { Loss } from '../loss.ts'
import type { Noise, Targets } from './estimator.ts'
import { creditOf, weightedLosses } from './objective.ts'
import type { ScoreFunctionOptions } from './score-function.ts'
import {
  byChannel,
  defaultChunkValues,
  drawn,
  lessBaseline,
  scaleScore,
  score,
  sigmaName,
  sumOfRecords,
  weighted,
} from './smoothing.ts'

/**
 * Gradient of a site with feedback, from noise on its pre-activation. The feedback sees what
 * follows from the noise, so each copy's δ meets that copy's own trajectory:
 *
 *     ∂J/∂U = (1/K) Σ_copies Σ_t h̃_{t−1}ᵀ (C − b) s(ε_t) / σ
 *
 * The two of a pair differ in their trajectory, so a baseline matters with pairs too.
 *
 * @returns the gradients of the site's parameters, and of log σ where it is learned
 */
export function feedbackGradient(
  options: ScoreFunctionOptions,
  loss: Loss,
  request: {
    readonly network: Network
    readonly parameters: Parameters
    readonly prefix: Prefix
    readonly targets: Targets
    readonly noise: Noise
  },
): Record<string, tf.Tensor> {
  const { network, parameters, prefix, targets, noise } = request
  const { copies, sigma, antithetic, baseline, chunkValues = defaultChunkValues } = options
  const { site, preactivation } = prefix
  const [units = 1, ...shape] = preactivation.shape
  const vectors = antithetic ? copies / 2 : copies
  const extent = { vectors, units, dimensions: preactivation.size / units }
  const draw = drawn(options.noise, site.name, extent, noise)
  // Leaving one out takes the losses of all the others.
  const fitting = Math.max(1, Math.floor(chunkValues / preactivation.size))
  const perChunk = baseline === 'leave-one-out' ? vectors : fitting
  const pass = (perturbation: tf.Tensor) => {
    const { logits, trajectory } = network.resume(parameters, prefix, perturbation)
    return {
      credits: creditOf(request, weightedLosses(loss, logits, targets), options),
      trajectory,
    }
  }
  return tidied(() => {
    const clean =
      baseline === 'clean' ? pass(tf.zeros([1, ...preactivation.shape])).credits : undefined
    let gradients: Record<string, tf.Tensor> = {}
    for (let first = 0; first < vectors; first += perChunk) {
      const count = Math.min(perChunk, vectors - first)
      const values = draw(new Float32Array(count * preactivation.size), first)
      gradients = tidied(() => {
        const drawnNoise = tf.tensor(values, [count, units, ...shape])
        const epsilon = antithetic ? tf.concat([drawnNoise, tf.neg(drawnNoise)]) : drawnNoise
        const { credits, trajectory } = pass(tf.mul(epsilon, sigma))
        const credit = tf.div(lessBaseline(credits, baseline, clean), copies)
        const delta = tf.div(weighted(credit, score(options.noise.kind, epsilon)), sigma)
        const found = network.localGradient(prefix, delta, trajectory)
        const scale = options.learnSigma && {
          [sigmaName(site)]: byChannel(weighted(credit, scaleScore(options.noise.kind, epsilon))),
        }
        return sumOfRecords(gradients, { ...found, ...scale })
      })
    }
    return gradients
  })
}
