import { tf } from '../src/engine/tf.ts'
import type { AttackLoss } from './victim.ts'

/**
 * Cross-entropy of the labels, `log Σ exp z − z_y`.
 *
 * @param labels `[batch]`, int32: the true classes
 */
export function crossEntropy(labels: tf.Tensor1D): AttackLoss {
  return logits => {
    const own = tf.mul(tf.logSoftmax(logits), oneHot(labels, logits))
    return tf.neg(tf.sum(own, 1)) as tf.Tensor1D
  }
}

/**
 * Margin by which another class wins, `max_{i≠y} z_i − z_y`: positive where the label does not.
 *
 * @param labels `[batch]`, int32: the true classes
 */
export function margin(labels: tf.Tensor1D): AttackLoss {
  return logits => {
    const own = oneHot(labels, logits)
    const rivals = tf.where(tf.cast(own, 'bool'), tf.fill(own.shape, -Infinity), logits)
    return tf.sub(tf.max(rivals, 1), tf.sum(tf.mul(logits, own), 1)) as tf.Tensor1D
  }
}

/** One where the label is, `[batch, classes]`, float32. */
function oneHot(labels: tf.Tensor1D, logits: tf.Tensor2D): tf.Tensor2D {
  return tf.oneHot(labels, logits.shape[1]) as tf.Tensor2D
}
