import { tf } from '../tf.ts'
import { registerWasmKernel } from './register.ts'

/**
 * Adds the sum over the rows of each segment, which the wasm backend lacks and the gradient of `gather`
 * (and so of every embedding) needs: the product of the transposed one-hot matrix of the segments with
 * the rows. As in TensorFlow, rows with an identifier outside 0…numSegments-1 are dropped.
 *
 * Shapes: x `[...ids, ...rest]`, segmentIds `[...ids]` int32, result `[numSegments, ...rest]`.
 */
export function registerUnsortedSegmentSum(): void {
  registerWasmKernel<{ readonly numSegments: number }>(
    'UnsortedSegmentSum',
    ({ inputs, attributes: { numSegments } }) => {
      const x = inputs.x!
      const ids = inputs.segmentIds!
      const rows = tf.reshape(x, [ids.size, -1])
      const members = tf.oneHot(
        tf.reshape(tf.cast(ids, 'int32'), [ids.size]),
        numSegments,
        1,
        0,
        'float32',
      )
      const sums = tf.matMul(members as tf.Tensor2D, rows as tf.Tensor2D, true, false)
      return tf.cast(tf.reshape(sums, [numSegments, ...x.shape.slice(ids.rank)]), x.dtype)
    },
  )
}
