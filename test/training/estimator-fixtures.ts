import { convolution, dense } from '../../models/affine.ts'
import { chain } from '../../models/chain.ts'
import { initialise } from '../../models/initialise.ts'
import type { Network } from '../../models/network.ts'
import { tf } from '../../src/engine/tf.ts'
import { stream } from '../../src/random/stream.ts'
import type { Batch, Estimator, Noise } from '../../src/training/estimators/estimator.ts'
import type { LikelihoodRatioOptions } from '../../src/training/estimators/likelihood-ratio.ts'
import type { Loss } from '../../src/training/loss.ts'
import { normalTensor, uniformTensor } from '../with-engine.ts'

/** ½ ‖v − t‖²: under Gaussian noise its smoothed gradient is exactly v − t. */
export const quadratic: Loss = (outputs, targets) =>
  tf.tidy(() => {
    const copies = tf.reshape(outputs, [-1, ...targets.shape])
    return tf.mul(tf.sum(tf.square(tf.sub(copies, targets)), -1), 0.5) as tf.Tensor2D
  })

export const noiseOf = (step: number): Noise => ({
  epoch: 0,
  stream: (...path) => stream(5, 'noise', step, ...path),
})

export const options = (change: Partial<LikelihoodRatioOptions>): LikelihoodRatioOptions => ({
  copies: 4,
  sigma: 0.3,
  sigmaSchedule: { name: 'constant' },
  noise: { kind: 'gaussian', sequence: 'random' },
  antithetic: true,
  baseline: 'none',
  inject: 'logit',
  ...change,
})

/** One dense layer, 3 inputs, 2 outputs. */
export const denseLayer = chain([3, 1, 1], x => tf.reshape(x, [-1, 3]), [
  { name: 'dense', affine: dense('dense', 3, 2), after: v => [v] },
])

/** One 3x3 convolution of a 3x3x2 image to one channel; the nine values are the outputs. */
export const convolutionLayer = chain([3, 3, 2], x => tf.clone(x), [
  {
    name: 'conv',
    affine: convolution('conv', [3, 3, 2], 1, 3),
    after: v => [tf.reshape(v, [-1, 9])],
  },
])

/** Gradient of the mean of ½ ‖v − t‖² by plain loops: xᵀ (v − t) and Σ (v − t), over the batch. */
function closedForm(network: Network, parameters: Record<string, tf.Tensor>, batch: Batch) {
  const [height = 1, width = 1, channels = 1] = network.inputShape
  const isDense = network === denseLayer
  const x = batch.x.arraySync() as number[][][][]
  const outputs = network.logits(parameters, batch.x)
  const [v, target] = [outputs.arraySync(), batch.labels.arraySync()]
  outputs.dispose()
  const count = x.length
  const bias = new Array<number>(isDense ? 2 : 1).fill(0)
  const weight = new Array<number>(isDense ? 6 : 18).fill(0)
  for (let n = 0; n < count; n++) {
    for (let o = 0; o < v[n]!.length; o++) {
      const delta = (v[n]![o]! - target[n]![o]!) / count
      bias[isDense ? o : 0]! += delta
      if (isDense) {
        for (let i = 0; i < 3; i++) weight[i * 2 + o]! += x[n]![i]![0]![0]! * delta
        continue
      }
      const [row, column] = [Math.floor(o / width), o % width]
      for (let i = 0; i < 3; i++) {
        for (let j = 0; j < 3; j++) {
          const [y, z] = [row + i - 1, column + j - 1]
          if (y < 0 || z < 0 || y >= height || z >= width) continue
          for (let c = 0; c < channels; c++) {
            weight[(i * 3 + j) * channels + c]! += x[n]![y]![z]![c]! * delta
          }
        }
      }
    }
  }
  return [...weight, ...bias]
}

export function flat(network: Network, gradients: Record<string, tf.Tensor>): number[] {
  return network.parameters.flatMap(({ name }) => Array.from(gradients[name]!.dataSync()))
}

/**
 * Mean and standard error of every entry of the gradients of these names over independent
 * estimates.
 */
export function repeat(
  estimator: Estimator,
  network: Network,
  parameters: Record<string, tf.Tensor>,
  batch: Batch,
  times: number,
  names = network.parameters.map(({ name }) => name),
) {
  const estimates = Array.from({ length: times }, (_, step) => {
    const { gradients, loss } = estimator.estimate(network, parameters, batch, noiseOf(step))
    const values = names.flatMap(name => Array.from(gradients[name]!.dataSync()))
    tf.dispose([loss, gradients])
    return values
  })
  return estimates[0]!.map((_, at) => {
    const values = estimates.map(estimate => estimate[at]!)
    const mean = values.reduce((sum, value) => sum + value, 0) / times
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (times - 1)
    return { mean, variance, error: Math.sqrt(variance / times) }
  })
}

export const layers = { dense: denseLayer, convolution: convolutionLayer }

/** Sum of the variances of all entries. */
export const totalVariance = (rows: readonly { variance: number }[]) =>
  rows.reduce((sum, { variance }) => sum + variance, 0)

/** Two examples of a single layer, its parameters and the closed form of its gradient. */
export function layerFixture(network: Network) {
  const parameters = initialise(network, 1) as Record<string, tf.Tensor>
  const batch: Batch = {
    x: uniformTensor([2, ...network.inputShape], 'x'),
    labels: normalTensor([2, network === denseLayer ? 2 : 9], 'targets') as tf.Tensor2D,
  }
  const truth = closedForm(network, parameters, batch)
  return {
    parameters,
    batch,
    truth,
    dispose: () => tf.dispose([batch.x, batch.labels, parameters]),
  }
}
