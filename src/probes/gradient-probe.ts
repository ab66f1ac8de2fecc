import type { Network, Parameters, Site } from '../../models/network.ts'
import { tf } from '../engine/tf.ts'
import { stream } from '../random/stream.ts'
import { backprop } from '../training/estimators/backprop.ts'
import type { Batch, Estimator, Noise, SiteGradient } from '../training/estimators/estimator.ts'
import { disposePrefix } from '../training/estimators/site-by-site.ts'
import type { Loss } from '../training/loss.ts'
import type { Progress } from '../training/train.ts'
import { Moments } from './moments.ts'

/** How an estimator's gradient at one site compares to the backprop gradient of the same batch. */
export interface SiteProbe {
  readonly site: Site
  /** Number of parameters. */
  readonly parameters: number
  /** Euclidean norm of the backprop gradient. */
  readonly referenceNorm: number
  /** Unbiased variance over the repeats, summed over the parameters. */
  readonly variance: number
  /** variance / referenceNorm²; null where the reference is zero. */
  readonly relativeVariance: number | null
  /** Mean cosine between an estimate and the reference; null where either is zero. */
  readonly cosineMean: number | null
  /** Standard deviation of that cosine over the repeats. */
  readonly cosineSd: number | null
  /** Cosine between the mean of all estimates and the reference. */
  readonly cosineOfMean: number | null
  /** Time for one estimate of this site; of all sites where they are estimated together. */
  readonly milliseconds: number
}

export interface ProbeRequest {
  readonly network: Network
  readonly parameters: Parameters
  /** Stays with the caller. */
  readonly batch: Batch
  readonly estimator: Estimator
  /** The estimator's loss, for the backprop gradient of it. */
  readonly loss: Loss
  /** Independent estimates, at least 2. */
  readonly repeats: number
  readonly seed: number
  readonly onProgress?: Progress
}

/**
 * Repeats an estimate of every site's gradient on one batch and compares it to backprop: site by
 * site if the estimator can, else all sites together.
 */
export async function probeGradients(request: ProbeRequest): Promise<SiteProbe[]> {
  const { network, parameters, batch, estimator, loss } = request
  const reference = backprop(loss).estimate(network, parameters, batch, noiseOf(request, 0))
  const moments = network.sites.map(site => new Moments(flatten(reference.gradients, site)))
  const times = estimator.siteGradient
    ? await probeSites(request, estimator.siteGradient, moments)
    : await probeWhole(request, moments)
  tf.dispose([reference.loss, reference.gradients])
  return network.sites.map((site, at) => ({
    site,
    parameters: site.parameters.reduce((sum, name) => sum + parameters[name]!.size, 0),
    milliseconds: times[at]!,
    ...moments[at]!.summary(),
  }))
}

/** Milliseconds of an estimate of each site. */
async function probeSites(
  request: ProbeRequest,
  siteGradient: SiteGradient,
  moments: readonly Moments[],
): Promise<number[]> {
  const { network, parameters, batch, repeats } = request
  const times: number[] = []
  let prefix = network.enter(parameters, batch.x)
  for (const site of network.sites) {
    const started = performance.now()
    for (let repeat = 0; repeat < repeats; repeat++) {
      const noise = noiseOf(request, repeat)
      const gradients = siteGradient(network, parameters, prefix, batch, noise)
      moments[site.index]!.add(flatten(gradients, site))
      tf.dispose(gradients)
    }
    times.push((performance.now() - started) / repeats)
    await request.onProgress?.((site.index + 1) / network.sites.length)
    if (site.index < network.sites.length - 1) {
      const next = network.advance(parameters, prefix)
      disposePrefix(prefix)
      prefix = next
    }
  }
  disposePrefix(prefix)
  return times
}

/** Milliseconds of an estimate of all sites, for each of them. */
async function probeWhole(request: ProbeRequest, moments: readonly Moments[]): Promise<number[]> {
  const { network, parameters, batch, estimator, repeats } = request
  const started = performance.now()
  for (let repeat = 0; repeat < repeats; repeat++) {
    const estimate = estimator.estimate(network, parameters, batch, noiseOf(request, repeat))
    for (const site of network.sites) {
      moments[site.index]!.add(flatten(estimate.gradients, site))
    }
    tf.dispose([estimate.loss, estimate.gradients])
    await request.onProgress?.((repeat + 1) / repeats)
  }
  const milliseconds = (performance.now() - started) / repeats
  return network.sites.map(() => milliseconds)
}

/** The noise of one repeat, at its standard deviation of the start of a training run. */
function noiseOf({ seed }: ProbeRequest, repeat: number): Noise {
  return { epoch: 0, stream: (...path) => stream(seed, 'probe', repeat, ...path) }
}

/** A site's gradients, one after the other. */
function flatten(gradients: Readonly<Record<string, tf.Tensor>>, site: Site): Float32Array {
  const parts = site.parameters.map(name => gradients[name]!.dataSync() as Float32Array)
  const all = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}
