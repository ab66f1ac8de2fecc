import { edgeSoftmax } from './kernels/edge-softmax.ts'
import { sparseProduct } from './kernels/sparse-product.ts'
import { checkPattern, type SparsePattern } from './sparse-pattern.ts'
import { tf } from './tf.ts'

/**
 * Every node's mean of its neighbours' values, weighted by attention, for every copy and head.
 *
 * `eᵢⱼ = LeakyReLU(receiverᵢ + senderⱼ)`, `aᵢⱼ = exp eᵢⱼ / Σₖ exp eᵢₖ` over the columns of row i, and
 * `outᵢ = Σⱼ aᵢⱼ valuesⱼ`; zero for a row without columns. Differentiable by all three tensors.
 *
 * @param pattern `[nodes, nodes]`: node i attends to the columns of row i, itself among them if it has a
 *   loop; must not change once it has been used
 * @param receiver `[copies, nodes, heads]`
 * @param sender `[copies, nodes, heads]`
 * @param values `[copies, nodes, heads, width]`
 * @param slope of the leaky rectifier below zero
 * @returns `[copies, nodes, heads, width]`; it belongs to the enclosing `tidy` or to the caller
 * @throws RangeError for other shapes, or a pattern with an entry outside the matrix
 * @see Veličković et al., "Graph attention networks", 2018
 */
export function graphAttention(
  pattern: SparsePattern,
  receiver: tf.Tensor,
  sender: tf.Tensor,
  values: tf.Tensor,
  slope = 0.2,
): tf.Tensor {
  checkPattern(pattern)
  const { rows: nodes, columns } = pattern
  if (nodes !== columns) {
    throw new RangeError(`invalid graph: [${nodes}, ${columns}]; expected [n, n]`)
  }
  if (values.rank !== 4 || values.shape[1] !== nodes) {
    const expected = `[copies, ${nodes}, heads, width]`
    throw new RangeError(`invalid values: [${values.shape}]; expected ${expected}`)
  }
  const scores = values.shape.slice(0, 3)
  for (const [name, { shape }] of Object.entries({ receiver, sender })) {
    if (!tf.util.arraysEqual(shape, scores)) {
      throw new RangeError(`invalid ${name}: [${shape}]; expected [${scores.join(', ')}]`)
    }
  }
  return tf.tidy(() => {
    const weights = edgeSoftmax({ receiver, sender }, { pattern, slope })
    return sparseProduct({ weights, dense: values }, { pattern, transpose: false })
  })
}
