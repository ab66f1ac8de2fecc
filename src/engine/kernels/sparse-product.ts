import type { SparsePattern } from '../sparse-pattern.ts'
import { definePlainKernel, type RunKernel } from './plain-kernel.ts'

export interface SparseProductAttributes {
  readonly pattern: SparsePattern
  /** Whether the sparse matrix is read with rows and columns swapped. */
  readonly transpose: boolean
}

/**
 * The product of a sparse matrix with a dense one, for every copy and head.
 *
 * Shapes: weights `[copies or 1, entries, heads]`, one sparse matrix for all copies or one a copy; dense
 * `[copies, columns, heads, width]`; result `[copies, rows, heads, width]`; transposed, rows and columns
 * change places.
 */
export const sparseProduct: RunKernel<'weights' | 'dense', SparseProductAttributes> =
  definePlainKernel('SparseProduct', {
    inputs: ['weights', 'dense'],
    shapeOf({ dense }, { pattern: { rows, columns }, transpose }) {
      const [copies, , heads, width] = dense.shape as [number, number, number, number]
      return [copies, transpose ? columns : rows, heads, width]
    },
    compute(result, { weights, dense }, { pattern, transpose }) {
      const { rows, columns, indptr, indices } = pattern
      const [copies, , heads, width] = dense.shape as [number, number, number, number]
      const [w, x] = [weights.values, dense.values]
      const block = heads * width
      const step = weights.shape[0] === 1 ? 0 : indices.length * heads
      result.fill(0)
      for (let copy = 0; copy < copies; copy++) {
        const source = copy * (transpose ? rows : columns) * block
        const target = copy * (transpose ? columns : rows) * block
        for (let row = 0; row < rows; row++) {
          for (let entry = indptr[row]!; entry < indptr[row + 1]!; entry++) {
            const column = indices[entry]!
            let from = source + (transpose ? row : column) * block
            let to = target + (transpose ? column : row) * block
            const first = copy * step + entry * heads
            for (let head = first; head < first + heads; head++) {
              const weight = w[head]!
              for (const end = to + width; to < end; to++, from++) result[to]! += weight * x[from]!
            }
          }
        }
      }
    },
    gradient: (dy, { weights, dense }, { pattern, transpose }) => ({
      weights: () =>
        productsAtEntries(
          { left: transpose ? dense : dy, right: transpose ? dy : dense },
          { pattern, shared: weights.shape[0] === 1 },
        ),
      dense: () => sparseProduct({ weights, dense: dy }, { pattern, transpose: !transpose }),
    }),
  })

/**
 * The product left · rightᵀ at the entries of a pattern alone, for every copy and head, or summed over
 * the copies where they share their sparse matrix.
 *
 * Shapes: left `[copies, rows, heads, width]`, right `[copies, columns, heads, width]`, result
 * `[copies or 1, entries, heads]`.
 */
const productsAtEntries = definePlainKernel<
  'left' | 'right',
  { readonly pattern: SparsePattern; readonly shared: boolean }
>('SparseProductAtEntries', {
  inputs: ['left', 'right'],
  shapeOf: ({ left }, { pattern: { indices }, shared }) => [
    shared ? 1 : left.shape[0]!,
    indices.length,
    left.shape[2]!,
  ],
  compute(result, { left, right }, { pattern: { rows, columns, indptr, indices }, shared }) {
    const [copies, , heads, width] = left.shape as [number, number, number, number]
    const [a, b] = [left.values, right.values]
    const block = heads * width
    result.fill(0)
    for (let copy = 0; copy < copies; copy++) {
      let at = shared ? 0 : copy * indices.length * heads
      for (let row = 0; row < rows; row++) {
        for (let entry = indptr[row]!; entry < indptr[row + 1]!; entry++) {
          let i = (copy * rows + row) * block
          let j = (copy * columns + indices[entry]!) * block
          for (let head = 0; head < heads; head++) {
            let sum = 0
            for (const end = i + width; i < end; i++, j++) sum += a[i]! * b[j]!
            result[at++]! += sum
          }
        }
      }
    }
  },
})
