import { tf } from '../src/engine/tf.ts'

/**
 * 1 above zero, −1 below, else 0, NaN included. The kernel of `tf.sign` on engine wasm gives 0 for
 * all that is below 1e-7, as gradients of a confident model are.
 */
export function sign(x: tf.Tensor): tf.Tensor {
  return tf.tidy(() =>
    tf.sub(tf.cast(tf.greater(x, 0), 'float32'), tf.cast(tf.less(x, 0), 'float32')),
  )
}
