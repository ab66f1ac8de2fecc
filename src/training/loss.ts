import { tf } from '../engine/tf.ts'

/**
 * Loss of every example, `[n / batch, batch]`.
 *
 * @param outputs `[n, classes]`, the network's logits, copy by copy
 * @param targets `[batch, classes]`, for every copy the same
 */
export type Loss = (outputs: tf.Tensor2D, targets: tf.Tensor2D) => tf.Tensor2D

/**
 * Cross-entropy of every example, `log Σ exp z − z_y`, in nats.
 *
 * @param logits `[n, classes]`
 * @param labels one-hot, `[batch, classes]`; where `n` is a multiple of `batch` they repeat
 * @returns `[n / batch, batch]`
 */
export const crossEntropy: Loss = (logits, labels) =>
  tf.tidy(() => {
    const [batch, classes] = labels.shape
    const scores = tf.reshape(tf.logSoftmax(logits), [-1, batch, classes])
    return tf.neg(tf.sum(tf.mul(scores, labels), -1)) as tf.Tensor2D
  })
