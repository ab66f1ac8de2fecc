import { type AttackOptions, expectedQueries } from '../../attacks/create-attack.ts'
import type { Network, Site } from '../../models/network.ts'
import type { Task } from '../tasks/task.ts'
import type {
  EstimatorOptions,
  NoisyEstimatorOptions,
} from '../training/estimators/create-estimator.ts'
import type { Inject } from '../training/estimators/likelihood-ratio.ts'
import { atSite } from '../training/estimators/smoothing.ts'
import { type TrainingOptions, updatesOf } from '../training/train.ts'

/**
 * Rough seconds of work, from operations counted and rates seen on one thread of engine wasm. Only
 * the ratios between jobs matter: the time left is scaled by the time that finished jobs took.
 */
const secondsPerMultiply = 1 / 12e9
const secondsPerNormal = 2e-8
/** A number of a low-discrepancy sequence costs as much as this many independent ones. */
const evenly = 8
const secondsPerCall = 1e-4

/** A backward pass costs about two forward passes. */
const backward = 2

/** Multiplications of each site's affine map of one example. */
function multiplies(network: Network): number[] {
  const sizes = new Map(network.parameters.map(({ name, shape }) => [name, product(shape)]))
  return network.sites.map(site => {
    const positions = product(site.shape.slice(0, -1))
    return positions * Math.max(...site.parameters.map(name => sizes.get(name)!))
  })
}

/** Multiplications of all copies of one example, numbers drawn for an update, and calls. */
interface Noisy {
  readonly multiplies: number
  readonly normals: number
  readonly calls: number
}

/** What an estimate costs beside the clean pass. */
function noisyWork(network: Network, estimator: EstimatorOptions, batch: number): Noisy {
  if (estimator.name === 'bp' || estimator.name === 'bp-heaviside')
    return { multiplies: 0, normals: 0, calls: 0 }
  const own = multiplies(network)
  const pairs = 'antithetic' in estimator && estimator.antithetic ? 2 : 1
  const together = estimator.name === 'es' || ('layerWise' in estimator && !estimator.layerWise)
  const each = estimator.noise.sequence === 'random' ? 1 : evenly
  const work = network.sites.map((site): Noisy => {
    const copies = atSite(estimator.copies, site)
    const inject = injectionAt(estimator, site)
    const onWeights = inject !== 'logit'
    // Noise on the weights maps every copy afresh; noise on all sites correlates every copy.
    const here = onWeights ? own[site.index]! : together ? backward * own[site.index]! : 0
    const passes = estimator.name === 'bp-noise' ? 1 + backward : 1
    const after = together ? 0 : sum(own.slice(site.index + 1)) * passes
    const units = inject === 'weight' ? 1 : batch
    const size = units * (onWeights ? parametersOf(network, site) : product(site.shape))
    return {
      multiplies: copies * (here + after),
      normals: (copies / pairs) * size * each,
      calls: copies,
    }
  })
  return {
    multiplies: sum(work.map(site => site.multiplies)),
    normals: sum(work.map(site => site.normals)),
    calls: sum(work.map(site => site.calls)),
  }
}

/** What the noise of a site is added to. */
function injectionAt(estimator: NoisyEstimatorOptions, site: Site): Inject {
  switch (estimator.name) {
    case 'es':
      return 'weight'
    case 'lr-weight':
      return estimator.perExample ? 'example-weight' : 'weight'
    case 'lr-hybrid':
      return atSite(estimator.inject, site)
    default:
      return 'logit'
  }
}

/** Expected seconds of a training run. */
export function trainingCost(
  network: Network,
  estimator: EstimatorOptions,
  options: TrainingOptions,
  task: Task,
): number {
  if (options.seconds !== undefined) return options.seconds
  const clean = sum(multiplies(network)) * (1 + backward)
  const batch = task.input.kind === 'graph' ? task.input.nodes : options.batch
  const noisy = noisyWork(network, estimator, batch)
  const seconds =
    batch * (clean + noisy.multiplies) * secondsPerMultiply +
    noisy.normals * secondsPerNormal +
    (network.sites.length + noisy.calls) * secondsPerCall
  return updatesOf(options, task, 1 + noisy.calls)! * seconds
}

/** Expected seconds of a white-box attack, or of judging when there is none. */
export function attackCost(
  network: Network,
  attack: AttackOptions | null,
  examples: number,
): number {
  return callsCost(network, examples, 1, attack ? expectedQueries(attack) : 0)
}

/**
 * Expected seconds of an attack that makes so many calls on an example, and of judging by so many
 * passes.
 */
export function callsCost(
  network: Network,
  examples: number,
  passes: number,
  calls: number,
): number {
  const perPass = sum(multiplies(network)) * secondsPerMultiply
  // Many examples fall at once, the others last to the end.
  const queries = calls / 2
  return (
    examples * perPass * (2 * passes + queries * (1 + backward)) + (1 + queries) * secondsPerCall
  )
}

/**
 * Expected seconds of a gradient probe.
 *
 * @param referenceCopies copies of the pathwise reference, where there is one
 */
export function probeCost(
  network: Network,
  estimator: NoisyEstimatorOptions,
  batch: number,
  repeats: number,
  referenceCopies = 0,
): number {
  const seconds = (options: NoisyEstimatorOptions) => {
    const { multiplies, normals, calls } = noisyWork(network, options, batch)
    return (
      batch * multiplies * secondsPerMultiply + normals * secondsPerNormal + calls * secondsPerCall
    )
  }
  const { sigma, sigmaSchedule, noise } = estimator
  const reference = {
    name: 'bp-noise',
    copies: referenceCopies,
    sigma,
    sigmaSchedule,
    noise,
  } as const
  return repeats * seconds(estimator) + seconds(reference)
}

function parametersOf(network: Network, site: Site): number {
  const own = network.parameters.filter(({ name }) => site.parameters.includes(name))
  return sum(own.map(({ shape }) => product(shape)))
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}

function product(shape: readonly number[]): number {
  return shape.reduce((total, length) => total * length, 1)
}
