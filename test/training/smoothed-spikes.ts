/**
 * The gradient of the objective that noise on a spiking layer's currents smooths, by integration
 * instead of sampling. Spikes are discrete: what follows them is a sum over all patterns of spikes,
 * and the chance of a neuron's pattern is an integral over one potential at a time.
 */
import type { Network, Parameters, Prefix } from '../../models/network.ts'
import { tf } from '../../src/engine/tf.ts'
import { tidied } from '../../src/engine/tidied.ts'
import type { Batch } from '../../src/training/estimators/estimator.ts'
import { fromCurrents, fromParameters, type NoisyNeuron } from './pattern-chances.ts'

export interface Smoothing extends NoisyNeuron {
  readonly readout: 'spike-count' | 'membrane'
  /** Whether all sites are noisy at once. */
  readonly together?: boolean
  /**
   * Whether Gaussian noise is on the parameters of the network's one spiking layer, which the image
   * feeds directly: then it is the same at every step.
   */
  readonly onParameters?: boolean
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
    for (let hidden = network.sites.length - 1; hidden > 0; hidden--) {
      const site = spikingSite(network, parameters, prefix, batch, smoothing)
      Object.assign(gradients, network.localGradient(prefix, site.delta))
      if (smoothing.together) {
        const expected = expectedReadout(network, parameters, prefix, batch, site, smoothing)
        return Object.assign(gradients, expected)
      }
      prefix = network.advance(parameters, prefix)
    }
    const residual = residuals(prefix.preactivation, batch.labels, smoothing)
    const delta = tf.div(residual, batch.labels.shape[0])
    return Object.assign(gradients, network.localGradient(prefix, delta))
  })
}

/** The readout's gradient, averaged over the patterns of the one hidden layer. */
function expectedReadout(
  network: Network,
  parameters: Parameters,
  prefix: Prefix,
  { labels }: Batch,
  { patterns, chances }: SpikingSite,
  smoothing: Smoothing,
): Record<string, tf.Tensor> {
  const copies = network.copied(prefix, patterns.count)
  const noisy = tf.add(prefix.preactivation, patterns.perturbation)
  const preactivation = tf.reshape(noisy, copies.preactivation.shape)
  const last = network.advance(parameters, { ...copies, preactivation })
  const all = tf.tile(labels, [patterns.count, 1])
  const residual = residuals(last.preactivation, all, smoothing)
  const ones = residual.shape.slice(1).map(() => 1)
  const weighted = tf.mul(residual, tf.reshape(chances, [-1, ...ones]))
  return network.localGradient(last, tf.div(weighted, labels.shape[0]))
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
  const inputs = tf.reshape(prefix.state[0]!, [examples, -1])
  const spreads = tf.sqrt(tf.add(tf.sum(tf.square(inputs), 1), 1)).arraySync() as number[]
  const delta: number[][][] = currents.map(step => step.map(row => row.map(() => 0)))
  const chances: number[][] = values.map(row => row.map(() => 0))
  for (let example = 0; example < examples; example++) {
    const own = Array.from({ length: neurons }, (_, n) => currents[example]!.map(row => row[n]!))
    const { chance, slope } = smoothing.onParameters
      ? fromParameters(own, spreads[example]!, smoothing)
      : fromCurrents(own, smoothing)
    for (let combination = 0; combination < patterns.count; combination++) {
      const drawn = own.map((_, n) => patterns.pattern(combination, n))
      const each = drawn.map((pattern, n) => chance[n]![pattern]!)
      chances[combination]![example] = each.reduce((product, value) => product * value, 1)
      const loss = values[combination]![example]! + readoutNoise(drawn, labels, smoothing)
      for (let n = 0; n < neurons; n++) {
        const others = each.reduce((product, value, m) => (m === n ? product : product * value), 1)
        for (let step = 0; step < steps; step++) {
          delta[example]![step]![n]! += loss * others * slope[n]![step]![drawn[n]!]!
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

/** What noise on the readout's parameters adds to an example's loss: ½ σ² classes (‖m‖² + 1). */
function readoutNoise(
  patterns: readonly number[],
  labels: tf.Tensor2D,
  { onParameters, together, sigma, steps }: Smoothing,
): number {
  if (!onParameters || !together) return 0
  const [examples, classes] = labels.shape
  const means = patterns.map(pattern => {
    let spikes = 0
    for (let step = 0; step < steps; step++) spikes += (pattern >> step) & 1
    return spikes / steps
  })
  const square = means.reduce((sum, mean) => sum + mean ** 2, 0)
  return (0.5 * sigma ** 2 * classes * (square + 1)) / examples
}
