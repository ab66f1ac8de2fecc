import { type AttackOptions, expectedQueries } from '../../attacks/create-attack.ts'
import type { Network } from '../../models/network.ts'
import type { EstimatorOptions } from '../training/estimators/create-estimator.ts'
import { type TrainingOptions, updatesOf } from '../training/train.ts'

/**
 * Rough seconds of work, from operations counted and rates seen on one thread of engine wasm. Only
 * the ratios between jobs matter: the time left is scaled by the time that finished jobs took.
 */
const secondsPerMultiply = 1 / 12e9
const secondsPerNormal = 2e-8
const secondsPerCall = 1e-4

/** A backward pass costs about two forward passes. */
const backward = 2

/** Multiplications of one example's pass from each site on, in the order of the sites. */
function multiplies(network: Network): number[] {
  const sizes = new Map(network.parameters.map(({ name, shape }) => [name, product(shape)]))
  const own = network.sites.map(site => {
    const positions = product(site.shape.slice(0, -1))
    return positions * Math.max(...site.parameters.map(name => sizes.get(name)!))
  })
  return own.map((_, index) => own.slice(index).reduce((sum, count) => sum + count, 0))
}

/** Expected seconds of a training run. */
export function trainingCost(
  network: Network,
  estimator: EstimatorOptions,
  options: TrainingOptions,
  examples: number,
): number {
  const fromSite = multiplies(network)
  const whole = fromSite[0]!
  const copies = estimator.name === 'bp' ? 0 : estimator.copies
  const passes = estimator.name === 'bp-noise' ? 1 + backward : 1
  const noisy = fromSite.slice(1).reduce((sum, count) => sum + count, 0) * copies * passes
  const normals = network.sites.reduce((sum, site) => sum + product(site.shape), 0) * copies
  const drawn = estimator.name === 'lr-logit' && estimator.antithetic ? normals / 2 : normals
  const perExample =
    (whole * (1 + backward) + noisy) * secondsPerMultiply + drawn * secondsPerNormal
  const calls = network.sites.length * (1 + copies)
  return updatesOf(options, examples) * (options.batch * perExample + calls * secondsPerCall)
}

/** Expected seconds of a white-box attack, or of judging when there is none. */
export function attackCost(
  network: Network,
  attack: AttackOptions | null,
  examples: number,
): number {
  const perPass = multiplies(network)[0]! * secondsPerMultiply
  // Many examples fall at once, the others last to the end.
  const queries = attack ? expectedQueries(attack) / 2 : 0
  return examples * perPass * (2 + queries * (1 + backward)) + (1 + queries) * secondsPerCall
}

/** Expected seconds of a gradient probe. */
export function probeCost(
  network: Network,
  copies: number,
  batch: number,
  repeats: number,
): number {
  const noisy = multiplies(network).reduce((sum, count) => sum + count, 0) * copies
  const normals = network.sites.reduce((sum, site) => sum + product(site.shape), 0) * copies
  return repeats * batch * (noisy * secondsPerMultiply + normals * secondsPerNormal)
}

function product(shape: readonly number[]): number {
  return shape.reduce((total, length) => total * length, 1)
}
