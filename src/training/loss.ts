import { tf } from '../engine/tf.ts'

/**
 * Cross-entropy of every example, `log Σ exp z − z_y`, in nats.
 *
 * @param logits `[n, classes]`
 * @param labels one-hot, `[batch, classes]`; where `n` is a multiple of `batch` they repeat
 * @returns `[n / batch, batch]`
 */
export function crossEntropy(logits: tf.Tensor2D, labels: tf.Tensor2D): tf.Tensor2D {
  return tf.tidy(() => {
    const [batch, classes] = labels.shape
    const scores = tf.reshape(tf.logSoftmax(logits), [-1, batch, classes])
    return tf.neg(tf.sum(tf.mul(scores, labels), -1)) as tf.Tensor2D
  })
}
