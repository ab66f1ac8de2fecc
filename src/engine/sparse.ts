import { sparseProduct } from './kernels/sparse-product.ts'
import { checkPattern, type SparsePattern } from './sparse-pattern.ts'
import { tf } from './tf.ts'

export { normalisedAdjacency, reach, type SparsePattern, withLoops } from './sparse-pattern.ts'

/**
 * The product of a sparse matrix with a dense one, or with several: `A X`, or `Aᵀ X` where transposed.
 *
 * Differentiable by the sparse matrix's values and by the dense one, at a cost of the same order.
 *
 * @param pattern where A `[rows, columns]` has entries; must not change once it has been used
 * @param values `[entries]`
 * @param dense `[columns, width]` or `[copies, columns, width]`; transposed, rows in the place of columns
 * @returns `[rows, width]` or `[copies, rows, width]`; transposed, columns in the place of rows; it belongs
 *   to the enclosing `tidy` or to the caller
 * @throws RangeError for other shapes, or a pattern with an entry outside the matrix
 */
export function sparseMatMul(
  pattern: SparsePattern,
  values: tf.Tensor1D,
  dense: tf.Tensor,
  transpose = false,
): tf.Tensor {
  checkPattern(pattern)
  const { indices } = pattern
  const [inner, outer] = transpose
    ? [pattern.rows, pattern.columns]
    : [pattern.columns, pattern.rows]
  if ((values as tf.Tensor).rank !== 1 || values.size !== indices.length) {
    throw new RangeError(`invalid values: [${values.shape}]; expected [${indices.length}]`)
  }
  if ((dense.rank !== 2 && dense.rank !== 3) || dense.shape.at(-2) !== inner) {
    const expected = `[${inner}, width] or [copies, ${inner}, width]`
    throw new RangeError(`invalid dense matrix: [${dense.shape}]; expected ${expected}`)
  }
  const copies = dense.shape.slice(0, -2)
  const width = dense.shape.at(-1)!
  return tf.tidy(() => {
    const weights = tf.reshape(values, [1, indices.length, 1])
    const blocks = tf.reshape(dense, [copies[0] ?? 1, inner, 1, width])
    const product = sparseProduct({ weights, dense: blocks }, { pattern, transpose })
    return tf.reshape(product, [...copies, outer, width])
  })
}
