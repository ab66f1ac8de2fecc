/**
 * The gradient of the objective that noise on a spiking layer's currents smooths, by integration
 * instead of sampling. Spikes are discrete: what follows them is a sum over all patterns of spikes,
 * and the chance of a neuron's pattern is an integral over one potential at a time.
 */
import type { Network, Parameters, Prefix } from '../../models/network.ts'
import { tf } from '../../src/engine/tf.ts'
import { tidied } from '../../src/engine/tidied.ts'
import type { Batch } from '../../src/training/estimators/estimator.ts'

/** A neuron's dynamics. */
export interface Dynamics {
  readonly decay: number
  readonly threshold: number
  readonly reset: 'zero' | 'subtract'
}

export interface Smoothing extends Dynamics {
  readonly steps: number
  readonly readout: 'spike-count' | 'membrane'
  readonly sigma: number
  readonly law: Law
  /** Whether all sites are noisy at once. */
  readonly together?: boolean
}

/** A law of variance one. */
export interface Law {
  density(x: number): number
  /** Chance of more than x. */
  above(x: number): number
}

export const gaussian: Law = {
  density: x => Math.exp(-(x ** 2) / 2) / Math.sqrt(2 * Math.PI),
  above: x => (x > 0 ? gaussianTail(x) : 1 - gaussianTail(-x)),
}

export const laplace: Law = {
  density: x => Math.exp(-Math.SQRT2 * Math.abs(x)) / Math.SQRT2,
  above: x => (x > 0 ? Math.exp(-Math.SQRT2 * x) / 2 : 1 - Math.exp(Math.SQRT2 * x) / 2),
}

/** By its continued fraction, or the series of the distribution function near zero. */
function gaussianTail(x: number): number {
  if (x > 3) {
    let fraction = x
    for (let k = 60; k >= 1; k--) fraction = x + k / fraction
    return gaussian.density(x) / fraction
  }
  let [term, sum] = [x, x]
  for (let k = 1; k < 60; k++) {
    term *= x ** 2 / (2 * k + 1)
    sum += term
  }
  return 0.5 - gaussian.density(x) * sum
}

/** Nodes of a quadrature, in each part of the line. */
const nodes = 200

/**
 * Chances of a neuron's patterns of spikes; bit t of a pattern is the spike at step t.
 *
 * @param currents without noise, one for every step
 */
function patternChances(currents: readonly number[], smoothing: Smoothing): number[] {
  const { decay, threshold, reset, sigma, law } = smoothing
  const reach = (law === gaussian ? 8 : 16) * sigma
  /** What is left of the potential at the step before, with its weight. */
  type Left = readonly (readonly [left: number, weight: number])[]
  const chances: number[] = []
  const follow = (step: number, pattern: number, before: Left) => {
    if (step === currents.length) {
      chances[pattern] = before.reduce((sum, [, weight]) => sum + weight, 0)
      return
    }
    const centres = before.map(([left, weight]) => [left + currents[step]!, weight] as const)
    const above = centres.map(
      ([centre, weight]) => [0, weight * law.above((threshold - centre) / sigma)] as const,
    )
    const total = (left: Left) => left.reduce((sum, [, weight]) => sum + weight, 0)
    const fired = pattern | (1 << step)
    if (step === currents.length - 1) {
      follow(step + 1, fired, [[0, total(above)]])
      follow(step + 1, pattern, [[0, total(centres) - total(above)]])
      return
    }
    const highest = Math.max(...centres.map(([centre]) => centre), threshold) + reach
    const lowest = Math.min(...centres.map(([centre]) => centre), threshold) - reach
    const density = (u: number) =>
      centres.reduce((sum, [c, w]) => sum + (w * law.density((u - c) / sigma)) / sigma, 0)
    // A law may have a kink at its centre, which no part of a quadrature may hold within.
    const kinks = centres.length === 1 ? [centres[0]![0]] : []
    const cut = (from: number, to: number, left: (u: number) => number): Left => {
      const ends = [from, ...kinks.filter(u => u > from && u < to), to]
      return ends.slice(1).flatMap((end, part) => {
        const width = (end - ends[part]!) / nodes
        return Array.from({ length: nodes }, (_, at) => {
          const u = ends[part]! + width * (at + 0.5)
          return [left(u), density(u) * width] as const
        })
      })
    }
    const silent = cut(lowest, threshold, u => decay * u)
    follow(step + 1, pattern, silent)
    const loud = () => cut(threshold, highest, u => decay * u - threshold)
    follow(step + 1, fired, reset === 'zero' ? [[0, total(above)]] : loud())
  }
  follow(0, 0, [[0, 1]])
  return chances
}

/** Derivatives of `patternChances` by the currents, `[steps][patterns]`. */
function chanceSlopes(currents: readonly number[], smoothing: Smoothing): number[][] {
  const step = 1e-3
  return currents.map((_, at) => {
    const moved = (by: number) => currents.map((current, t) => (t === at ? current + by : current))
    const [up, down] = [moved(step), moved(-step)].map(c => patternChances(c, smoothing))
    return up!.map((chance, pattern) => (chance - down![pattern]!) / (2 * step))
  })
}

/** All combinations of the patterns of a site's neurons, and what follows from each. */
interface Outcomes {
  readonly count: number
  /** The pattern of a neuron in a combination. */
  pattern(combination: number, neuron: number): number
  /** Pre-activations that give these spikes, `[combinations, ...]`, less the prefix's own. */
  readonly perturbation: tf.Tensor
}

function outcomes({ preactivation }: Prefix): Outcomes {
  const [examples = 1, steps = 1, ...shape] = preactivation.shape
  const neurons = shape.reduce((product, length) => product * length, 1)
  const patterns = 2 ** steps
  const count = patterns ** neurons
  const pattern = (combination: number, neuron: number) =>
    Math.floor(combination / patterns ** neuron) % patterns
  const wanted = new Float32Array(count * examples * steps * neurons)
  let at = 0
  for (let combination = 0; combination < count; combination++) {
    for (let example = 0; example < examples; example++) {
      for (let step = 0; step < steps; step++) {
        for (let neuron = 0; neuron < neurons; neuron++) {
          // Large against whatever is left of the step before.
          const sign = (pattern(combination, neuron) >> step) & 1 ? 1 : -1
          wanted[at++] = sign * 10 * 4 ** step
        }
      }
    }
  }
  const target = tf.tensor(wanted, [count, ...preactivation.shape])
  return { count, pattern, perturbation: tf.sub(target, preactivation) }
}

/**
 * Gradient of the mean of ½ ‖logits − labels‖² with noise of the given σ on one site at a time, or
 * on all of a network with one hidden layer; it belongs to the caller.
 */
export function smoothedGradient(
  network: Network,
  parameters: Parameters,
  batch: Batch,
  smoothing: Smoothing,
): Record<string, tf.Tensor> {
  return tidied(() => {
    const gradients: Record<string, tf.Tensor> = {}
    let prefix = network.enter(parameters, batch.x)
    for (const { index } of network.sites.slice(0, -1)) {
      const { delta, chances, patterns } = spikingSite(
        network,
        parameters,
        prefix,
        batch,
        smoothing,
      )
      Object.assign(gradients, network.localGradient(prefix, delta))
      if (smoothing.together) {
        const copies = network.copied(prefix, patterns.count)
        const noisy = tf.reshape(
          tf.add(prefix.preactivation, patterns.perturbation),
          copies.preactivation.shape,
        )
        const last = network.advance(parameters, { ...copies, preactivation: noisy })
        const labels = tf.tile(batch.labels, [patterns.count, 1])
        const residual = residuals(last.preactivation, labels, smoothing)
        const weighted = tf.mul(
          residual,
          tf.reshape(chances, [-1, ...residual.shape.slice(1).map(() => 1)]),
        )
        const local = network.localGradient(last, tf.div(weighted, batch.labels.shape[0]))
        return { ...gradients, ...local }
      }
      prefix = network.advance(parameters, prefix)
      if (index === network.sites.length - 2) break
    }
    const residual = residuals(prefix.preactivation, batch.labels, smoothing)
    const delta = tf.div(residual, batch.labels.shape[0])
    return { ...gradients, ...network.localGradient(prefix, delta) }
  })
}

/** Gradient of ½ ‖logits − labels‖² by the readout's pre-activation. */
function residuals(
  v: tf.Tensor,
  labels: tf.Tensor,
  { readout, steps, decay }: Smoothing,
): tf.Tensor {
  if (readout === 'spike-count') return tf.sub(v, labels)
  // The potential of an integrator, averaged over time, written out as a sum over the steps.
  const shares = Array.from({ length: steps }, (_, t) => {
    let sum = 0
    for (let later = t; later < steps; later++) sum += decay ** (later - t)
    return sum / steps
  })
  const weights = tf.tensor(shares, [1, steps, 1])
  const logits = tf.sum(tf.mul(v, weights), 1)
  return tf.mul(weights, tf.expandDims(tf.sub(logits, labels), 1))
}

/** What noise on a spiking site's currents gives. */
interface SpikingSite {
  /** Gradient of the objective by the currents. */
  readonly delta: tf.Tensor
  /** Chance of every combination for every example, `[combinations, examples]`. */
  readonly chances: tf.Tensor
  readonly patterns: Outcomes
}

function spikingSite(
  network: Network,
  parameters: Parameters,
  prefix: Prefix,
  { labels }: Batch,
  smoothing: Smoothing,
): SpikingSite {
  const { preactivation } = prefix
  const [examples = 1, steps = 1] = preactivation.shape
  const neurons = preactivation.size / (examples * steps)
  const patterns = outcomes(prefix)
  const { logits } = network.resume(parameters, prefix, patterns.perturbation)
  const rows = tf.reshape(logits, [patterns.count, ...labels.shape])
  const losses = tf.mul(tf.sum(tf.square(tf.sub(rows, labels)), -1), 0.5 / examples)
  const values = losses.arraySync() as number[][]
  const currents = tf.reshape(preactivation, [examples, steps, neurons]).arraySync() as number[][][]
  const delta: number[][][] = currents.map(step => step.map(row => row.map(() => 0)))
  const chances: number[][] = values.map(row => row.map(() => 0))
  for (let example = 0; example < examples; example++) {
    const own = Array.from({ length: neurons }, (_, n) => currents[example]!.map(row => row[n]!))
    const chance = own.map(of => patternChances(of, smoothing))
    const slope = own.map(of => chanceSlopes(of, smoothing))
    for (let combination = 0; combination < patterns.count; combination++) {
      const drawn = own.map((_, n) => patterns.pattern(combination, n))
      const each = drawn.map((pattern, n) => chance[n]![pattern]!)
      chances[combination]![example] = each.reduce((product, value) => product * value, 1)
      for (let n = 0; n < neurons; n++) {
        const others = each.reduce((product, value, m) => (m === n ? product : product * value), 1)
        for (let step = 0; step < steps; step++) {
          delta[example]![step]![n]! +=
            values[combination]![example]! * others * slope[n]![step]![drawn[n]!]!
        }
      }
    }
  }
  return {
    delta: tf.reshape(tf.tensor3d(delta), preactivation.shape),
    chances: tf.tensor2d(chances),
    patterns,
  }
}
