import type { Network, Parameters, Prefix } from '../../../models/network.ts'
import { tf } from '../../engine/tf.ts'
import { tidied } from '../../engine/tidied.ts'
import { crossEntropy, type Loss } from '../loss.ts'
import type { SiteEstimator } from './estimator.ts'
import { extraPasses, type Perturbed, scoreFunction } from './score-function.ts'
import { siteBySite } from './site-by-site.ts'
import {
  atSite,
  type Injection,
  type PerSite,
  requireCopies,
  sigmaAt,
  type Weighing,
} from './smoothing.ts'

export interface LikelihoodRatioOptions extends Injection, Weighing {
  /**
   * What the noise of a site is added to: its pre-activation (`logit`), for every example anew, or
   * its parameters (`weight`), for every copy of the batch anew.
   */
  readonly inject: PerSite<'logit' | 'weight'>
}

/**
 * Likelihood-ratio estimator with noise at one site at a time: forward passes only, nothing is
 * differentiated.
 *
 *     logit:   ∂J/∂θ = (∂v/∂θ)ᵀ δ,  δ the gradient of E[L(v + σ ε)] (see `scoreFunction`)
 *     weight:  ∂J/∂θ = the gradient of E[mean L(θ + σ E)]
 *
 * @param loss needs no derivative
 * @see arXiv 2305.08960
 */
export function likelihoodRatio(
  options: LikelihoodRatioOptions,
  loss: Loss = crossEntropy,
): SiteEstimator {
  requireCopies(options.copies, options)
  const forwardsAt = (site: Prefix['site']) => atSite(options.copies, site) + extraPasses(options)
  return siteBySite(loss, forwardsAt, (network, parameters, prefix, labels, noise) =>
    tidied(() => {
      const { site } = prefix
      const here = {
        ...options,
        copies: atSite(options.copies, site),
        sigma: sigmaAt(options, site, noise),
      }
      const losses = (perturbation: tf.Tensor) =>
        loss(network.resume(parameters, prefix, perturbation), labels)
      if (atSite(options.inject, site) === 'weight') {
        const perturbed = perturbedWeights(network, prefix, losses)
        const gradients = scoreFunction(here, perturbed, noise)
        return Object.fromEntries(
          site.parameters.map((name, at) => [name, tf.squeeze(gradients[at]!, [0])]),
        )
      }
      const [batch = 1, ...shape] = prefix.preactivation.shape
      const perturbed: Perturbed = {
        name: site.name,
        units: batch,
        shapes: [shape],
        losses: ([perturbation]) => losses(perturbation!),
      }
      const [delta] = scoreFunction(here, perturbed, noise)
      return network.localGradient(prefix, tf.div(delta!, batch))
    }),
  )
}

/** A site's parameters, perturbed: an affine map is linear in them, so the noise alone is mapped. */
function perturbedWeights(
  network: Network,
  prefix: Prefix,
  losses: (perturbation: tf.Tensor) => tf.Tensor,
): Perturbed {
  const { site } = prefix
  const shapeOf = new Map(network.parameters.map(({ name, shape }) => [name, shape]))
  return {
    name: site.name,
    units: 1,
    shapes: site.parameters.map(name => shapeOf.get(name)!),
    footprint: prefix.preactivation.size,
    losses(perturbations) {
      const copies = Array.from({ length: perturbations[0]!.shape[0]! }, (_, copy) => {
        const moved = site.parameters.map((name, at) => [name, copyOf(perturbations[at]!, copy)])
        return network.affine(Object.fromEntries(moved) as Parameters, prefix)
      })
      return tf.mean(losses(tf.stack(copies)), 1, true)
    },
  }
}

/** One copy of a perturbation `[copies, 1, ...shape]`. */
export function copyOf(perturbation: tf.Tensor, copy: number): tf.Tensor {
  const start = perturbation.shape.map((_, axis) => (axis === 0 ? copy : 0))
  const size = perturbation.shape.map((length, axis) => (axis === 0 ? 1 : length))
  return tf.reshape(tf.slice(perturbation, start, size), perturbation.shape.slice(2))
}
