import { tf } from '../engine/tf.ts'

/**
 * Loss of every example, `[n / batch, batch]`.
 *
 * @param outputs `[n, classes]`, the network's logits, copy by copy
 * @param targets `[batch, classes]`, for every copy the same
 */
export type Loss = (outputs: tf.Tensor2D, targets: tf.Tensor2D) => tf.Tensor2D

/** Names of the losses that a model can be trained with. */
export const lossNames = ['cross-entropy', 'zero-one', 'margin'] as const

export type LossName = (typeof lossNames)[number]

/** The loss of this name. */
export function lossOf(name: LossName): Loss {
  switch (name) {
    case 'cross-entropy':
      return crossEntropy
    case 'zero-one':
      return zeroOne
    case 'margin':
      return margin
  }
}

/**
 * Cross-entropy of every example, `log Σ exp z − z_y`, in nats.
 *
 * @param logits `[n, classes]`
 * @param labels one-hot, `[batch, classes]`; where `n` is a multiple of `batch` they repeat
 * @returns `[n / batch, batch]`
 */
export const crossEntropy: Loss = (logits, labels) =>
  tf.tidy(() => {
    const scores = byCopy(tf.logSoftmax(logits), labels)
    return tf.neg(tf.sum(tf.mul(scores, labels), -1)) as tf.Tensor2D
  })

/**
 * 0-1 loss of every example: 0 where the first of the largest scores is the label's, else 1.
 *
 * Its derivative is zero wherever it exists and is given as zero: backpropagation of this loss
 * leaves every parameter where it started. Estimators that need values alone can train with it.
 *
 * @param logits `[n, classes]`
 * @param labels as for `crossEntropy`
 * @returns `[n / batch, batch]`
 */
export const zeroOne: Loss = (logits, labels) =>
  tf.tidy(() => constant(logits, z => wrong(z, labels)))

/**
 * Multi-class margin loss of every example, `max(0, 1 + max_{i≠y} z_i − z_y)`.
 *
 * @param logits `[n, classes]`, at least two classes
 * @param labels as for `crossEntropy`
 * @returns `[n / batch, batch]`
 * @see Crammer and Singer, "On the algorithmic implementation of multiclass kernel-based vector
 *   machines", 2001
 */
export const margin: Loss = (logits, labels) =>
  tf.tidy(() => {
    const scores = byCopy(logits, labels)
    const own = tf.sum(tf.mul(scores, labels), -1)
    const others = tf.max(tf.sub(scores, tf.mul(labels, farAbove)), -1)
    return tf.relu(tf.add(tf.sub(others, own), 1)) as tf.Tensor2D
  })

/** 1 where the first of the largest scores is not the label's, `[n / batch, batch]`. */
function wrong(logits: tf.Tensor2D, labels: tf.Tensor2D): tf.Tensor2D {
  const predicted = tf.argMax(byCopy(logits, labels), -1)
  return tf.cast(tf.notEqual(predicted, tf.argMax(labels, -1)), 'float32') as tf.Tensor2D
}

/** A function's values, with the gradient zero. */
function constant(x: tf.Tensor2D, f: (x: tf.Tensor2D) => tf.Tensor2D): tf.Tensor2D {
  const stopped = tf.customGrad(given => {
    const value: tf.Tensor = f(given as tf.Tensor2D)
    return { value, gradFunc: () => tf.zeros(x.shape) }
  })
  return stopped(x) as tf.Tensor2D
}

/** Takes the label's own score out of a maximum over the scores. */
const farAbove = 1e30

/** `[n / batch, batch, classes]` */
function byCopy(scores: tf.Tensor2D, { shape: [batch, classes] }: tf.Tensor2D): tf.Tensor3D {
  return tf.reshape(scores, [-1, batch, classes])
}
