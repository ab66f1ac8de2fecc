import { tf } from '../src/engine/tf.ts'
import type { Affine } from './affine.ts'
import type { SequenceInput } from './input.ts'

/** The token that fills texts up; see `SequenceInput`. */
const padding = 0

/**
 * Embedding of tokens, `v_t` = row `x_t` of the weight, `[vocabulary, width]`; the gradient of a
 * row is the sum of δ where its token stands, that of the padding's row is zero. Shapes: x
 * `[batch, length]` int32, v `[batch, length, width]`.
 *
 * @param deviation standard deviation of the initial values
 */
export function embedding(
  name: string,
  { length, vocabulary }: Pick<SequenceInput, 'length' | 'vocabulary'>,
  width: number,
  deviation: number,
): Affine {
  const weight = `${name}/weight`
  return {
    kind: 'embedding',
    shape: [length, width],
    parameters: [{ name: weight, shape: [vocabulary, width], fanIn: 1, initial: { deviation } }],
    apply: (parameters, x) => tf.gather(parameters[weight]!, x as tf.Tensor2D),
    localGradient(x, delta) {
      // Rows of a negative segment are left out.
      const segments = tf.where(tf.equal(x, padding), tf.onesLike(x).neg(), x) as tf.Tensor2D
      const rows = tf.reshape(delta, [-1, width]) as tf.Tensor2D
      return {
        [weight]: tf.unsortedSegmentSum(
          rows,
          tf.reshape(segments, [-1]) as tf.Tensor1D,
          vocabulary,
        ),
      }
    },
  }
}

/** Where text stands in tokens `[batch, length]`: 1, and 0 for padding; float32. */
export function textMask(tokens: tf.Tensor): tf.Tensor {
  return tf.cast(tf.notEqual(tokens, padding), 'float32')
}
