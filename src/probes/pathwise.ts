import { tf } from '../engine/tf.ts'
import { tidied } from '../engine/tidied.ts'
import { backprop } from '../training/estimators/backprop.ts'
import { backpropNoise } from '../training/estimators/backprop-noise.ts'
import type { Estimator, SiteEstimator, SiteGradient } from '../training/estimators/estimator.ts'
import { copyOf, type Inject } from '../training/estimators/likelihood-ratio.ts'
import { objective } from '../training/estimators/objective.ts'
import { siteBySite } from '../training/estimators/site-by-site.ts'
import {
  atSite,
  drawn,
  type Injection,
  type PerSite,
  sigmaAt,
} from '../training/estimators/smoothing.ts'
import type { Loss } from '../training/loss.ts'

/**
 * Backpropagation through the noise of one site at a time: the gradient of the objective that a
 * likelihood-ratio estimator estimates, with far less variance than that. Where the noise is on
 * the parameters of a site, it is drawn for every copy of the batch (for every example, the
 * expected value is the same):
 *
 *     ∂/∂θ E[mean L(θ + σ E)] = E[∂L/∂θ at θ + σ E]
 *
 * @param inject what the noise of a site is added to
 * @param loss and network must be differentiable, else the gradient is that of another objective
 */
export function pathwise(
  options: Injection & { readonly inject: PerSite<Inject> },
  loss: Loss,
): SiteEstimator {
  const onLogits = backpropNoise(options, loss).siteGradient
  const onWeights = pathwiseWeights(options, loss)
  return siteBySite(
    loss,
    site => atSite(options.copies, site),
    (network, parameters, prefix, ...rest) => {
      const gradient = atSite(options.inject, prefix.site) === 'logit' ? onLogits : onWeights
      return gradient(network, parameters, prefix, ...rest)
    },
  )
}

function pathwiseWeights(options: Injection, loss: Loss): SiteGradient {
  return (network, parameters, prefix, targets, noise) =>
    tidied(() => {
      const { site } = prefix
      const copies = atSite(options.copies, site)
      const shapes = site.parameters.map(name => parameters[name]!.shape)
      const lossOfMoved = (...moved: tf.Tensor[]) => {
        const named = site.parameters.map((name, at) => [
          name,
          tf.add(parameters[name]!, moved[at]!),
        ])
        const logits = network.redo({ ...parameters, ...Object.fromEntries(named) }, prefix)
        return objective(loss, logits, targets)
      }
      const epsilons = perturbations(shapes, site.name, copies, options, noise)
      const sigma = sigmaAt(options, site, noise)
      const sums = averaged(copies, copy =>
        tf.grads(lossOfMoved)(epsilons.map(all => tf.mul(copyOf(all, copy), sigma))),
      )
      return Object.fromEntries(site.parameters.map((name, at) => [name, sums[at]!]))
    })
}

/** As `pathwise` on weights, with noise on the parameters of all sites at once. */
export function pathwiseEverywhere(
  options: Injection & { readonly copies: number },
  loss: Loss,
): Estimator {
  const clean = backprop(loss)
  return {
    estimate(network, parameters, batch, noise) {
      return tidied(() => {
        const names = network.parameters.map(({ name }) => name)
        const shapes = network.parameters.map(({ shape }) => [...shape])
        const epsilons = perturbations(shapes, 'parameters', options.copies, options, noise)
        const sigma = sigmaAt(options, { index: 0 }, noise)
        const sums = averaged(options.copies, copy => {
          const moved = names.map((name, at) => [
            name,
            tf.add(parameters[name]!, tf.mul(copyOf(epsilons[at]!, copy), sigma)),
          ])
          const { gradients } = clean.estimate(network, Object.fromEntries(moved), batch, noise)
          return names.map(name => gradients[name]!)
        })
        return {
          loss: objective(loss, network.logits(parameters, batch.x), batch),
          gradients: Object.fromEntries(names.map((name, at) => [name, sums[at]!])),
          forwards: 1 + options.copies,
        }
      })
    },
  }
}

/** Noise of variance one, a tensor `[copies, 1, ...shape]` for every shape. */
function perturbations(
  shapes: readonly number[][],
  name: string,
  copies: number,
  options: Injection,
  noise: Parameters<SiteGradient>[4],
): tf.Tensor[] {
  const sizes = shapes.map(shape => tf.util.sizeFromShape(shape))
  const dimensions = sizes.reduce((sum, size) => sum + size, 0)
  const draw = drawn(options.noise, name, { vectors: copies, units: 1, dimensions }, noise)
  const rows = tf.tensor2d(draw(new Float32Array(copies * dimensions), 0), [copies, dimensions])
  const parts = tf.split(rows, sizes, 1)
  return parts.map((part, at) => tf.reshape(part, [copies, 1, ...shapes[at]!]))
}

/** Mean over the copies of what one copy gives. */
function averaged(copies: number, of: (copy: number) => tf.Tensor[]): tf.Tensor[] {
  let sums: tf.Tensor[] = []
  for (let copy = 0; copy < copies; copy++) {
    const before = sums
    sums = tidied(() => {
      const parts = of(copy).map(part => tf.div(part, copies))
      return copy === 0 ? parts : parts.map((part, at) => tf.add(before[at]!, part))
    })
    tf.dispose(before)
  }
  return sums
}
