import { normalisedAdjacency, sparseMatMul } from '../../src/engine/sparse.ts'
import { tf } from '../../src/engine/tf.ts'
import { createOptimiser } from '../../src/training/optimiser.ts'
import { denseFeatures, type Graph } from './graph.ts'
import type { GraphGoal } from './graph-attack.ts'

/** How a linear surrogate is trained. */
export interface SurrogateTraining {
  /** Steps of Adam. */
  readonly steps: number
  readonly learningRate: number
  readonly weightDecay: number
}

/**
 * Weights of a graph convolution without activations and biases, whose logits are `Â² X W`: the
 * softmax regression of the training nodes on the features of their surroundings, from W = 0.
 *
 * @param classes of the logits
 * @returns `[features, classes]`; belongs to the caller
 */
export function trainLinearSurrogate(
  { graph, labels, train }: Pick<GraphGoal, 'graph' | 'labels' | 'train'>,
  classes: number,
  { steps, learningRate, weightDecay }: SurrogateTraining,
): tf.Tensor2D {
  const optimiser = createOptimiser({ name: 'adam', beta1: 0.9, beta2: 0.999, stabiliser: 1e-8 })
  const inputs = surroundings(graph, train)
  const wanted = tf.oneHot(
    Array.from(train, node => labels[node]!),
    classes,
  )
  let weights = tf.zeros([graph.features.count, classes]) as tf.Tensor2D
  for (let step = 0; step < steps; step++) {
    const gradient = tf.tidy(() => {
      const errors = tf.sub(tf.softmax(tf.matMul(inputs, weights)), wanted)
      const slope = tf.div(tf.matMul(inputs, errors as tf.Tensor2D, true), train.length)
      return tf.add(slope, tf.mul(weights, weightDecay))
    })
    const before = weights
    weights = optimiser.step({ weights }, { weights: gradient }, learningRate)
      .weights as tf.Tensor2D
    tf.dispose([before, gradient])
  }
  tf.dispose([inputs, wanted])
  optimiser.dispose()
  return weights
}

/** Rows of `Â² X` for some nodes, `[these, features]`; belong to the caller. */
function surroundings(graph: Graph, these: Int32Array): tf.Tensor2D {
  const { nodes, edges, features } = graph
  const { pattern, values } = normalisedAdjacency(nodes, edges)
  return tf.tidy(() => {
    const weights = tf.tensor1d(values)
    const own = tf.tensor2d(denseFeatures(graph), [nodes, features.count])
    const spread = sparseMatMul(pattern, weights, sparseMatMul(pattern, weights, own))
    return tf.gather(spread, tf.tensor1d(these, 'int32')) as tf.Tensor2D
  })
}
