import type { Network, Parameters, Prefix } from '../../../models/network.ts'
import { tf } from '../../engine/tf.ts'
import { tidied } from '../../engine/tidied.ts'
import { crossEntropy, type Loss } from '../loss.ts'
import type { Noise, SiteEstimator, Targets } from './estimator.ts'
import { feedbackGradient } from './feedback-gradient.ts'
import { creditOf, objectives, weightedLosses } from './objective.ts'
import {
  extraPasses,
  type Perturbed,
  type ScoreFunction,
  type ScoreFunctionOptions,
  scoreFunction,
} from './score-function.ts'
import { siteBySite } from './site-by-site.ts'
import {
  atSite,
  currentSigma,
  type Injection,
  learnedSigmas,
  type PerSite,
  requireCopies,
  sigmaName,
  type Weighing,
} from './smoothing.ts'

/** What the noise of a site is added to. */
export type Inject =
  /** Its pre-activation, for every unit anew. */
  | 'logit'
  /** Its parameters, for every copy of the batch anew. */
  | 'weight'
  /** Its parameters, for every example of every copy anew. */
  | 'example-weight'

export interface LikelihoodRatioOptions extends Injection, Weighing {
  readonly inject: PerSite<Inject>
  /** Whether σ is learned, for every channel of every site; needs the baseline `clean`. */
  readonly learnSigma?: boolean
}

/** One site's part of an estimate. */
export interface SiteRequest {
  readonly network: Network
  readonly parameters: Parameters
  readonly prefix: Prefix
  readonly targets: Targets
  readonly noise: Noise
}

/**
 * Likelihood-ratio estimator with noise at one site at a time: forward passes only, nothing is
 * differentiated.
 *
 *     logit:   ∂J/∂θ = (∂v/∂θ)ᵀ δ,  δ the gradient of E[L(v + σ ε)] (see `scoreFunction`)
 *     weight:  ∂J/∂θ = the gradient of E[L(θ + σ E)]
 *
 * @param loss needs no derivative
 * @see arXiv 2305.08960
 */
export function likelihoodRatio(
  options: LikelihoodRatioOptions,
  loss: Loss = crossEntropy,
): SiteEstimator {
  requireCopies(options.copies, options)
  const forwardsAt = (site: Prefix['site']) => {
    const feedback = site.feedback && options.baseline === 'clean' ? 1 : 0
    return atSite(options.copies, site) + Math.max(feedback, extraPasses(options))
  }
  const estimator = siteBySite(loss, forwardsAt, (network, parameters, prefix, targets, noise) =>
    tidied(() => {
      const { site } = prefix
      const request = { network, parameters, prefix, targets, noise }
      const here = settingsAt(options, request)
      switch (atSite(options.inject, site)) {
        case 'weight':
          return withScale(
            site,
            scoreFunction(here, perturbedWeights(request, loss), noise),
            found =>
              byName(
                site,
                found.map(gradient => tf.squeeze(gradient, [0])),
              ),
          )
        case 'example-weight':
          return withScale(
            site,
            scoreFunction(here, examplesWeights(request, loss), noise),
            found =>
              byName(
                site,
                found.map(gradient => tf.sum(gradient, 0)),
              ),
          )
        case 'logit':
          if (site.feedback) return feedbackGradient(here, loss, request)
          return withScale(
            site,
            scoreFunction(here, perturbedLogits(request, loss, here), noise),
            found => network.localGradient(prefix, found[0]!),
          )
      }
    }),
  )
  if (!options.learnSigma) return estimator
  return { ...estimator, own: network => learnedSigmas(options, network) }
}

/**
 * The gradient of the objective for the pre-activation of a site, from one estimate,
 * `[units, ...site.shape]`; belongs to the caller.
 */
export function logitShift(
  options: LikelihoodRatioOptions,
  loss: Loss,
  request: SiteRequest,
): tf.Tensor {
  const here = settingsAt(options, request)
  return scoreFunction(here, perturbedLogits(request, loss, here), request.noise).shifts[0]!
}

/** Copies and σ that hold at the prefix's site now. */
function settingsAt(
  options: LikelihoodRatioOptions,
  { prefix: { site }, noise, parameters }: SiteRequest,
): ScoreFunctionOptions {
  const copies = atSite(options.copies, site)
  return { ...options, copies, sigma: currentSigma(options, site, noise, parameters) }
}

function withScale(
  site: Prefix['site'],
  { shifts, scale }: ScoreFunction,
  gradients: (shifts: readonly tf.Tensor[]) => Record<string, tf.Tensor>,
): Record<string, tf.Tensor> {
  return { ...gradients(shifts), ...(scale && { [sigmaName(site)]: scale }) }
}

function byName({ parameters }: Prefix['site'], values: readonly tf.Tensor[]) {
  return Object.fromEntries(parameters.map((name, at) => [name, values[at]!]))
}

function perturbedLogits(
  { network, parameters, prefix, targets }: SiteRequest,
  loss: Loss,
  options: Pick<LikelihoodRatioOptions, 'localCredit'>,
): Perturbed {
  const [units = 1, ...shape] = prefix.preactivation.shape
  return {
    name: prefix.site.name,
    units,
    shapes: [shape],
    credits([perturbation]) {
      const { logits } = network.resume(parameters, prefix, perturbation!)
      return creditOf({ network, prefix }, weightedLosses(loss, logits, targets), options)
    },
  }
}

function shapesOf({ network, prefix }: SiteRequest): (readonly number[])[] {
  const shapeOf = new Map(network.parameters.map(({ name, shape }) => [name, shape]))
  return prefix.site.parameters.map(name => shapeOf.get(name)!)
}

/**
 * A site's parameters, perturbed. An affine map is linear in them, so the noise alone is mapped;
 * with feedback each copy passes through the site anew.
 */
function perturbedWeights(request: SiteRequest, loss: Loss): Perturbed {
  const { network, parameters, prefix, targets } = request
  const { site } = prefix
  return {
    name: site.name,
    units: 1,
    shapes: shapesOf(request),
    footprint: prefix.preactivation.size,
    credits(perturbations) {
      const copies = Array.from({ length: perturbations[0]!.shape[0]! }, (_, copy) => {
        const noise = byName(
          site,
          perturbations.map(part => copyOf(part, copy)),
        )
        if (!site.feedback) return network.affine(noise, prefix)
        const moved = byName(
          site,
          site.parameters.map(name => tf.add(parameters[name]!, noise[name]!)),
        )
        return objectives(loss, network.redo({ ...parameters, ...moved }, prefix), targets)
      })
      const stacked = tf.stack(copies)
      if (site.feedback) return stacked
      const { logits } = network.resume(parameters, prefix, stacked)
      return tf.reshape(objectives(loss, logits, targets), [-1, 1])
    },
  }
}

/** A site's parameters, perturbed for each example of the batch on its own. */
function examplesWeights(request: SiteRequest, loss: Loss): Perturbed {
  const { network, parameters, prefix, targets } = request
  const { site, preactivation } = prefix
  const examples = preactivation.shape[0]!
  return {
    name: site.name,
    units: examples,
    shapes: shapesOf(request),
    credits(perturbations) {
      const copies = Array.from({ length: perturbations[0]!.shape[0]! }, (_, copy) =>
        tf.concat(
          Array.from({ length: examples }, (__, example) => {
            const noise = perturbations.map(part => copyOf(part, copy, example))
            const alone = { ...prefix, state: prefix.state.map(tensor => rowOf(tensor, example)) }
            if (!site.feedback) return network.affine(byName(site, noise), alone)
            const moved = byName(
              site,
              site.parameters.map((name, at) => tf.add(parameters[name]!, noise[at]!)),
            )
            return network.redo({ ...parameters, ...moved }, alone)
          }),
        ),
      )
      if (site.feedback) return weightedLosses(loss, tf.concat(copies) as tf.Tensor2D, targets)
      const { logits } = network.resume(parameters, prefix, tf.stack(copies))
      return weightedLosses(loss, logits, targets)
    },
  }
}

/** One unit of one copy of a perturbation `[copies, units, ...shape]`. */
export function copyOf(perturbation: tf.Tensor, copy: number, unit = 0): tf.Tensor {
  const [, , ...shape] = perturbation.shape
  const start = [copy, unit, ...shape.map(() => 0)]
  return tf.reshape(tf.slice(perturbation, start, [1, 1, ...shape]), shape)
}

function rowOf(tensor: tf.Tensor, row: number): tf.Tensor {
  const [, ...shape] = tensor.shape
  return tf.slice(tensor, [row, ...shape.map(() => 0)], [1, ...shape])
}
