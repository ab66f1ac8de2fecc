import type { Network, Parameters } from '../../models/network.ts'
import { tf } from '../engine/tf.ts'
import { stream } from '../random/stream.ts'
import {
  createEstimator,
  type NoisyEstimatorOptions,
} from '../training/estimators/create-estimator.ts'
import type { Batch, Estimator, Noise } from '../training/estimators/estimator.ts'
import { disposePrefix } from '../training/estimators/site-by-site.ts'
import { defaultChunkValues } from '../training/estimators/smoothing.ts'
import type { Loss } from '../training/loss.ts'
import type { Progress } from '../training/train.ts'
import { flatten } from './flatten.ts'
import { Moments, type Reference } from './moments.ts'
import { pathwise, pathwiseEverywhere } from './pathwise.ts'

export interface SmoothedRequest {
  readonly network: Network
  readonly parameters: Parameters
  /** Stays with the caller. */
  readonly batch: Batch
  /** The estimator whose objective is smoothed; its copies, sequence and weighing do not matter. */
  readonly options: NoisyEstimatorOptions
  readonly loss: Loss
  /** Whether backprop gives the derivative of network and loss (see `isDifferentiable`). */
  readonly differentiable: boolean
  /** Noisy copies behind the reference, all draws together; rounded up. */
  readonly copies: number
  readonly seed: number
  readonly onProgress?: Progress
}

/** Independent draws that the copies are divided into, at least: their spread is the error. */
const leastDraws = 8

/**
 * The gradient of the very objective that an estimator estimates, `E[L(… + σ ε)]` with the noise of
 * one site (of all for `es`), for every site; with random numbers of its own.
 *
 * It is pathwise where that has less variance than the estimator and is the same: on differentiable
 * networks and losses. Else it is the mean of the estimator itself with independent noise.
 */
export async function smoothedGradients(request: SmoothedRequest): Promise<Reference[]> {
  const { network, parameters, batch } = request
  const estimator = (draws: number) => referenceEstimator(request, perDraw(request.copies, draws))
  if (!estimator(leastDraws).siteGradient) return smoothedWhole(request, estimator(leastDraws))
  const references: Reference[] = []
  let prefix = network.enter(parameters, batch.x)
  for (const site of network.sites) {
    const fitting = Math.ceil((request.copies * prefix.preactivation.size) / defaultChunkValues)
    const draws = Math.max(leastDraws, fitting)
    const gradient = estimator(draws).siteGradient!
    const moments = new Moments(sizeOf(request, site))
    for (let draw = 0; draw < draws; draw++) {
      const noise = noiseOf(request, draw)
      const gradients = gradient(network, parameters, prefix, batch, noise)
      moments.add(flatten(gradients, site))
      tf.dispose(gradients)
      await request.onProgress?.((site.index + (draw + 1) / draws) / network.sites.length)
    }
    references.push(moments.reference())
    if (site.index < network.sites.length - 1) {
      const next = network.advance(parameters, prefix)
      disposePrefix(prefix)
      prefix = next
    }
  }
  disposePrefix(prefix)
  return references
}

async function smoothedWhole(request: SmoothedRequest, estimator: Estimator): Promise<Reference[]> {
  const { network, parameters, batch } = request
  const moments = network.sites.map(site => new Moments(sizeOf(request, site)))
  for (let draw = 0; draw < leastDraws; draw++) {
    const estimate = estimator.estimate(network, parameters, batch, noiseOf(request, draw))
    for (const site of network.sites) {
      moments[site.index]!.add(flatten(estimate.gradients, site))
    }
    tf.dispose([estimate.loss, estimate.gradients])
    await request.onProgress?.((draw + 1) / leastDraws)
  }
  return moments.map(one => one.reference())
}

function referenceEstimator(
  { options, loss, differentiable }: SmoothedRequest,
  copies: number,
): Estimator {
  const noise = { ...options.noise, sequence: 'random' } as const
  const here = { ...options, noise, copies }
  const atOnce = here.name === 'lr-logit' && !here.layerWise
  if (!differentiable || atOnce) return createEstimator(here, loss)
  switch (here.name) {
    case 'bp-noise':
    case 'lr-logit':
      return pathwise({ ...here, inject: 'logit' }, loss)
    case 'lr-weight':
      return pathwise({ ...here, inject: 'weight' }, loss)
    case 'lr-hybrid':
      return pathwise(here, loss)
    case 'es':
      return pathwiseEverywhere(here, loss)
  }
}

/** Copies of one draw; even, as antithetic pairs need them. */
function perDraw(copies: number, draws: number): number {
  return 2 * Math.ceil(copies / draws / 2)
}

function noiseOf({ seed }: SmoothedRequest, draw: number): Noise {
  return { epoch: 0, stream: (...path) => stream(seed, 'reference', draw, ...path) }
}

function sizeOf({ parameters }: SmoothedRequest, site: Network['sites'][number]): number {
  return site.parameters.reduce((sum, name) => sum + parameters[name]!.size, 0)
}
