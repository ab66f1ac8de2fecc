import test from 'ava'
import { withReference } from '../../src/engine/reference.ts'
import { type SparsePattern, sparseMatMul } from '../../src/engine/sparse.ts'
import { tf } from '../../src/engine/tf.ts'
import { distance, leavesNoTensors, normalTensor, useEngine } from '../with-engine.ts'

useEngine()

/** [4, 5]; the second row is empty, the last column too. */
const pattern: SparsePattern = {
  rows: 4,
  columns: 5,
  indptr: Int32Array.of(0, 2, 2, 5, 6),
  indices: Int32Array.of(0, 3, 1, 2, 3, 0),
}

/** The sparse matrix with its zeros written out; `tf.gather`'s gradient makes it differentiable. */
function dense({ rows, columns, indptr, indices }: SparsePattern, values: tf.Tensor): tf.Tensor {
  const places = new Int32Array(rows * columns).fill(indices.length)
  for (let row = 0; row < rows; row++) {
    for (let at = indptr[row]!; at < indptr[row + 1]!; at++) {
      places[row * columns + indices[at]!] = at
    }
  }
  const padded = tf.concat([values, tf.zeros([1])])
  return tf.reshape(tf.gather(padded, tf.tensor1d(places, 'int32')), [rows, columns])
}

/** The same product of full matrices. */
function fullProduct(values: tf.Tensor, x: tf.Tensor, transpose: boolean): tf.Tensor {
  const copies = x.rank === 3 ? tf.unstack(x) : [x]
  const matrix = dense(pattern, values)
  const products = copies.map(copy => tf.matMul(matrix, copy, transpose))
  return x.rank === 3 ? tf.stack(products) : products[0]!
}

for (const transpose of [false, true]) {
  for (const copies of [[], [3]]) {
    const inner = transpose ? pattern.rows : pattern.columns
    const outer = transpose ? pattern.columns : pattern.rows
    test.serial(
      `${transpose ? 'transposed ' : ''}product of ${copies[0] ?? 'no'} copies and its gradients are those of full matrices`,
      leavesNoTensors(t => {
        tf.tidy(() => {
          const values = normalTensor([6], 'values') as tf.Tensor1D
          const x = normalTensor([...copies, inner, 7], 'x')
          const dy = normalTensor([...copies, outer, 7], 'dy')
          const sparse = (v: tf.Tensor, d: tf.Tensor) =>
            sparseMatMul(pattern, v as tf.Tensor1D, d, transpose)
          const full = (v: tf.Tensor, d: tf.Tensor) => fullProduct(v, d, transpose)
          const product = sparse(values, x)
          t.deepEqual(product.shape, [...copies, outer, 7])
          t.true(distance(product, full(values, x)) < 1e-5)
          const expected = tf.grads(full)([values, x], dy)
          for (const [i, gradient] of tf.grads(sparse)([values, x], dy).entries()) {
            t.deepEqual(gradient.shape, expected[i]!.shape)
            t.true(distance(gradient, expected[i]!) < 1e-5)
          }
        })
      }),
    )
  }
}

test.serial('the reference backend multiplies and differentiates alike', async t => {
  const run = () => {
    let numbers: number[] = []
    tf.tidy(() => {
      const values = normalTensor([6], 'values')
      const x = normalTensor([2, 5, 3], 'x')
      const product = (v: tf.Tensor, d: tf.Tensor) => sparseMatMul(pattern, v as tf.Tensor1D, d)
      numbers = [product(values, x), ...tf.grads(product)([values, x])].flatMap(y => [
        ...y.dataSync(),
      ])
    })
    return numbers
  }
  t.deepEqual(run(), await withReference(run))
})

test.serial(
  'wrong shapes are refused',
  leavesNoTensors(t => {
    const values = tf.zeros([6]) as tf.Tensor1D
    const x = tf.zeros([5, 2])
    const refused = (f: () => tf.Tensor, message: string) =>
      t.throws(f, { instanceOf: RangeError, message })
    refused(
      () => sparseMatMul(pattern, values, x, true),
      'invalid dense matrix: [5,2]; expected [4, width] or [copies, 4, width]',
    )
    refused(
      () => sparseMatMul(pattern, x as tf.Tensor as tf.Tensor1D, x),
      'invalid values: [5,2]; expected [6]',
    )
    refused(
      () => sparseMatMul({ ...pattern, columns: 3 }, values, x),
      'invalid pattern: column 3 is outside 0…2',
    )
    refused(
      () => sparseMatMul({ ...pattern, rows: 5 }, values, x),
      'invalid pattern: its 5 row starts do not part 6 entries into 5 rows',
    )
    tf.dispose([values, x])
  }),
)
