import { type SparsePattern, sparseMatMul } from '../../../src/engine/sparse.ts'
import { tf } from '../../../src/engine/tf.ts'
import type { Graph } from '../graph.ts'
import { nodeLoss } from '../node-loss.ts'

/** How the surrogate is trained within the gradient: gradient descent with momentum. */
export interface InnerTraining {
  readonly steps: number
  readonly learningRate: number
  readonly momentum: number
}

export interface MetaProblem {
  readonly features: Graph['features']
  readonly train: Int32Array
  /** Class of every node as the attacker has it: true of training nodes, else assumed. */
  readonly labels: Int32Array
  /** Weights before training, `[features, classes]`. */
  readonly initial: tf.Tensor2D
  readonly inner: InnerTraining
  /** Share of the loss of the training nodes; the rest is that of all others. */
  readonly lambda: number
}

/**
 * Exact gradient, by every entry of the adjacency, of the loss that the linear surrogate
 * `Â² X W` has after being trained on that adjacency: through all steps of the training.
 *
 *     G = Bᵀ (softmax(B W) − Y) / m,  V ← μ V + G,  W ← W − η V     B: rows of Â² X for training
 *
 * @param adjacency `[nodes, nodes]`
 * @returns `[nodes · nodes]`
 * @see Zügner and Günnemann, "Adversarial attacks on graph neural networks via meta learning", 2019
 */
export function metaGradient(problem: MetaProblem, adjacency: tf.Tensor2D): Float32Array {
  const gradient = tf.grad((at: tf.Tensor) => lossAfterTraining(problem, at as tf.Tensor2D))(
    adjacency,
  )
  const values = gradient.dataSync() as Float32Array
  gradient.dispose()
  return values
}

/** The loss after training on a relaxed graph; differentiable, belongs to the caller. */
export function lossAfterTraining(problem: MetaProblem, adjacency: tf.Tensor2D): tf.Scalar {
  const { features, train, labels, initial, lambda } = problem
  return tf.tidy(() => {
    const nodes = adjacency.shape[0]
    const normalised = normalise(adjacency)
    const once = timesFeatures(normalised, features)
    const ofTrain = tf.gather(normalised, tf.tensor1d(train, 'int32')) as tf.Tensor2D
    const weights = trainedWeights(problem, tf.matMul(ofTrain, once), initial)
    const logits = tf.matMul(normalised, tf.matMul(once, weights)) as tf.Tensor2D
    const isTrain = new Set(train)
    const others = Int32Array.from({ length: nodes }, (_, node) => node).filter(
      node => !isTrain.has(node),
    )
    const known = nodeLoss('cross-entropy', train, labels)
    const assumed = nodeLoss('cross-entropy', others, labels)
    if (lambda === 0) return assumed(logits)
    if (lambda === 1) return known(logits)
    return tf.add(tf.mul(known(logits), lambda), tf.mul(assumed(logits), 1 - lambda)) as tf.Scalar
  })
}

/** `D^−½ (A + I) D^−½` */
function normalise(adjacency: tf.Tensor2D): tf.Tensor2D {
  const loops = tf.add(adjacency, tf.eye(adjacency.shape[0]))
  const scale = tf.div(1, tf.sqrt(tf.sum(loops, 1, true)))
  return tf.mul(tf.mul(loops, scale), tf.transpose(scale))
}

/** `Â X` of a symmetric Â and sparse features, `[nodes, features]`. */
function timesFeatures(
  normalised: tf.Tensor2D,
  { indptr, indices, values, count }: Graph['features'],
) {
  const pattern: SparsePattern = { rows: normalised.shape[0], columns: count, indptr, indices }
  const transposed = sparseMatMul(pattern, tf.tensor1d(values), tf.transpose(normalised), true)
  return tf.transpose(transposed) as tf.Tensor2D
}

function trainedWeights(
  { train, labels, inner }: MetaProblem,
  inputs: tf.Tensor2D,
  initial: tf.Tensor2D,
): tf.Tensor2D {
  const classes = initial.shape[1]
  const wanted = tf.oneHot(
    Array.from(train, node => labels[node]!),
    classes,
  )
  let weights = initial
  let velocity: tf.Tensor2D = tf.zerosLike(initial)
  for (let step = 0; step < inner.steps; step++) {
    const errors = tf.sub(tf.softmax(tf.matMul(inputs, weights)), wanted) as tf.Tensor2D
    const slope = tf.div(tf.matMul(inputs, errors, true), train.length)
    velocity = tf.add(tf.mul(velocity, inner.momentum), slope)
    weights = tf.sub(weights, tf.mul(velocity, inner.learningRate))
  }
  return weights
}
