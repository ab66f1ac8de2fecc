import type { Network, Parameters, Prefix, Site } from '../../models/network.ts'
import { tf } from '../engine/tf.ts'
import { stream } from '../random/stream.ts'
import { backprop } from '../training/estimators/backprop.ts'
import type { Batch, Noise, SiteEstimator } from '../training/estimators/estimator.ts'
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
  /** Time for one estimate of this site. */
  readonly milliseconds: number
}

export interface ProbeRequest {
  readonly network: Network
  readonly parameters: Parameters
  /** Stays with the caller. */
  readonly batch: Batch
  readonly estimator: SiteEstimator
  /** The estimator's loss, for the backprop gradient of it. */
  readonly loss: Loss
  /** Independent estimates, at least 2. */
  readonly repeats: number
  readonly seed: number
  readonly onProgress?: Progress
}

/** Repeats an estimate of every site's gradient on one batch and compares it to backprop. */
export async function probeGradients(request: ProbeRequest): Promise<SiteProbe[]> {
  const { network, parameters, batch, loss } = request
  const reference = backprop(loss).estimate(network, parameters, batch, noNoise)
  const probes: SiteProbe[] = []
  let prefix = network.enter(parameters, batch.x)
  for (const site of network.sites) {
    probes.push(probeSite(request, prefix, flatten(reference.gradients, site)))
    await request.onProgress?.((site.index + 1) / network.sites.length)
    if (site.index < network.sites.length - 1) {
      const next = network.advance(parameters, prefix)
      disposePrefix(prefix)
      prefix = next
    }
  }
  disposePrefix(prefix)
  tf.dispose([reference.loss, reference.gradients])
  return probes
}

function probeSite(request: ProbeRequest, prefix: Prefix, reference: Float32Array): SiteProbe {
  const { network, parameters, batch, estimator, repeats, seed } = request
  const moments = new Moments(reference)
  const started = performance.now()
  for (let repeat = 0; repeat < repeats; repeat++) {
    const noise: Noise = (site, out, first) =>
      stream(seed, 'probe', repeat, site.name).normals(out, first)
    const delta = estimator.delta(network, parameters, prefix, batch.labels, noise)
    const gradients = network.localGradient(prefix, delta)
    moments.add(flatten(gradients, prefix.site))
    tf.dispose([delta, gradients])
  }
  const milliseconds = (performance.now() - started) / repeats
  return { site: prefix.site, parameters: reference.length, milliseconds, ...moments.summary() }
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

/** Backprop through the clean network draws nothing. */
const noNoise: Noise = () => {
  throw new Error('unexpected draw of noise: the reference gradient has none')
}
