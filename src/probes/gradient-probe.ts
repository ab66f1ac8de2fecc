import type { Network, Parameters, Site } from '../../models/network.ts'
import { tf } from '../engine/tf.ts'
import { stream } from '../random/stream.ts'
import { backprop } from '../training/estimators/backprop.ts'
import type { Batch, Estimator, Noise, SiteGradient } from '../training/estimators/estimator.ts'
import { disposePrefix } from '../training/estimators/site-by-site.ts'
import type { Loss } from '../training/loss.ts'
import type { Progress } from '../training/train.ts'
import { flatten } from './flatten.ts'
import { type Comparison, Moments, type Reference } from './moments.ts'

/**
 * How an estimator's gradient at one site compares to the backprop gradient of the same batch, and
 * to the gradient of the smoothed objective, which is what the estimator is unbiased for.
 */
export interface SiteProbe {
  readonly site: Site
  /** Number of parameters. */
  readonly parameters: number
  /** Unbiased variance over the repeats, summed over the parameters. */
  readonly variance: number
  /** variance / norm² of the backprop gradient; null where that is zero. */
  readonly relativeVariance: number | null
  /** Against the backprop gradient of the clean network. */
  readonly clean: Comparison
  /** Against the gradient of the smoothed objective; null where it was not asked for. */
  readonly smoothed: Comparison | null
  /** Time for one estimate of this site; of all sites where they are estimated together. */
  readonly milliseconds: number
  /** Passes forward over the batch that one such estimate takes; one of a copy counts as one. */
  readonly forwards: number
  /**
   * relativeVariance × milliseconds, in milliseconds: what an estimate of relative variance one
   * costs. Averaging more estimates does not change it; less is better.
   */
  readonly varianceTime: number | null
}

export interface ProbeRequest {
  readonly network: Network
  readonly parameters: Parameters
  /** Stays with the caller. */
  readonly batch: Batch
  /** The estimator for a loss: the probe counts the passes that ask for it. */
  readonly estimator: (loss: Loss) => Estimator
  readonly loss: Loss
  /** Independent estimates, at least 2. */
  readonly repeats: number
  readonly seed: number
  /** The smoothed gradient of every site. */
  readonly smoothed?: readonly Reference[]
  readonly onProgress?: Progress
}

/** What the estimates of one site took, all repeats together. */
interface Cost {
  milliseconds: number
  forwards: number
}

/**
 * Repeats an estimate of every site's gradient on one batch and compares it to backprop: site by
 * site if the estimator can, else all sites together.
 */
export async function probeGradients(request: ProbeRequest): Promise<SiteProbe[]> {
  const { network, parameters, batch, loss, repeats } = request
  const clean = backprop(loss).estimate(network, parameters, batch, noiseOf(request, 0))
  const moments = network.sites.map(site => {
    const values = flatten(clean.gradients, site)
    const smoothed = request.smoothed ? [request.smoothed[site.index]!] : []
    return new Moments(values.length, [{ values, variance: 0, spread: 0 }, ...smoothed])
  })
  tf.dispose([clean.loss, clean.gradients])
  const counter = { forwards: 0 }
  const estimator = request.estimator((outputs, targets) => {
    counter.forwards += outputs.shape[0] / targets.shape[0]
    return loss(outputs, targets)
  })
  const measured = (estimate: () => Float32Array[], cost: Cost) => {
    const before = counter.forwards
    const started = performance.now()
    const gradients = estimate()
    cost.milliseconds += performance.now() - started
    cost.forwards += counter.forwards - before
    return gradients
  }
  const costs = estimator.siteGradient
    ? await probeSites(request, estimator.siteGradient, moments, measured)
    : await probeWhole(request, estimator, moments, measured)
  return network.sites.map((site, at) => {
    const { variance } = moments[at]!
    const compared = moments[at]!.against(0)
    const relativeVariance = compared.norm > 0 ? variance / compared.norm ** 2 : null
    const milliseconds = costs[at]!.milliseconds / repeats
    return {
      site,
      parameters: site.parameters.reduce((sum, name) => sum + parameters[name]!.size, 0),
      variance,
      relativeVariance,
      clean: compared,
      smoothed: request.smoothed ? moments[at]!.against(1) : null,
      milliseconds,
      forwards: costs[at]!.forwards / repeats,
      varianceTime: relativeVariance === null ? null : relativeVariance * milliseconds,
    }
  })
}

/** Runs an estimate, its values read back from the engine, and adds up what it took. */
type Measured = (estimate: () => Float32Array[], cost: Cost) => Float32Array[]

async function probeSites(
  request: ProbeRequest,
  siteGradient: SiteGradient,
  moments: readonly Moments[],
  measured: Measured,
): Promise<Cost[]> {
  const { network, parameters, batch, repeats } = request
  const costs: Cost[] = []
  let prefix = network.enter(parameters, batch.x)
  for (const site of network.sites) {
    const cost = { milliseconds: 0, forwards: 0 }
    for (let repeat = 0; repeat < repeats; repeat++) {
      const estimate = () => {
        const noise = noiseOf(request, repeat)
        const gradients = siteGradient(network, parameters, prefix, batch, noise)
        const values = flatten(gradients, site)
        tf.dispose(gradients)
        return [values]
      }
      moments[site.index]!.add(measured(estimate, cost)[0]!)
      await request.onProgress?.((site.index + (repeat + 1) / repeats) / network.sites.length)
    }
    costs.push(cost)
    if (site.index < network.sites.length - 1) {
      const next = network.advance(parameters, prefix)
      disposePrefix(prefix)
      prefix = next
    }
  }
  disposePrefix(prefix)
  return costs
}

async function probeWhole(
  request: ProbeRequest,
  estimator: Estimator,
  moments: readonly Moments[],
  measured: Measured,
): Promise<Cost[]> {
  const { network, parameters, batch, repeats } = request
  const cost = { milliseconds: 0, forwards: 0 }
  for (let repeat = 0; repeat < repeats; repeat++) {
    const estimate = () => {
      const found = estimator.estimate(network, parameters, batch, noiseOf(request, repeat))
      const values = network.sites.map(site => flatten(found.gradients, site))
      tf.dispose([found.loss, found.gradients])
      return values
    }
    for (const [at, values] of measured(estimate, cost).entries()) moments[at]!.add(values)
    await request.onProgress?.((repeat + 1) / repeats)
  }
  return network.sites.map(() => cost)
}

/** The noise of one repeat, at its standard deviation of the start of a training run. */
function noiseOf({ seed }: ProbeRequest, repeat: number): Noise {
  return { epoch: 0, stream: (...path) => stream(seed, 'probe', repeat, ...path) }
}
