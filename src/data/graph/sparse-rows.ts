import type { SparseRows } from '../dataset.ts'

/** The entries of one row: columns in any order, and their values. */
export interface SparseRow {
  readonly indices: ArrayLike<number>
  readonly values: ArrayLike<number>
}

/**
 * A sparse matrix from its rows, [rows, count]; columns are sorted.
 *
 * @param count number of columns
 */
export function sparseRows(rows: readonly SparseRow[], count: number): SparseRows {
  const indptr = new Int32Array(rows.length + 1)
  for (const [i, row] of rows.entries()) indptr[i + 1] = indptr[i]! + row.indices.length
  const indices = new Int32Array(indptr.at(-1)!)
  const values = new Float32Array(indices.length)
  for (const [i, row] of rows.entries()) {
    const order = Array.from(row.indices, (_, at) => at)
    order.sort((a, b) => row.indices[a]! - row.indices[b]!)
    for (const [to, from] of order.entries()) {
      indices[indptr[i]! + to] = row.indices[from]!
      values[indptr[i]! + to] = row.values[from]!
    }
  }
  return { indptr, indices, values, count }
}

/** A matrix by rows (CSR) as a file holds it: columns of a row may be in any order. */
export interface CsrMatrix {
  readonly rows: number
  readonly columns: number
  readonly indptr: Int32Array
  readonly indices: Int32Array
  readonly values: Float32Array
}

/** Whether row starts ascend from 0 to the number of entries and every column is in range. */
export function isWhole({ rows, columns, indptr, indices, values }: CsrMatrix): boolean {
  return (
    indptr.length === rows + 1 &&
    indptr[0] === 0 &&
    indptr[rows] === indices.length &&
    values.length === indices.length &&
    indptr.every((start, i) => i === 0 || start >= indptr[i - 1]!) &&
    indices.every(column => column >= 0 && column < columns)
  )
}

/** Row i of a matrix in CSR form. */
export function rowOf(
  matrix: Pick<CsrMatrix, 'indptr' | 'indices' | 'values'>,
  i: number,
): SparseRow {
  const [from, to] = [matrix.indptr[i]!, matrix.indptr[i + 1]!]
  return { indices: matrix.indices.subarray(from, to), values: matrix.values.subarray(from, to) }
}

/** Values of sparse rows, scaled so that each row sums to one; a row of zeros stays. */
export function rowsSummingToOne({ indptr, values }: SparseRows): Float32Array {
  const scaled = values.slice()
  for (let row = 0; row + 1 < indptr.length; row++) {
    const part = scaled.subarray(indptr[row]!, indptr[row + 1]!)
    const sum = part.reduce((total, value) => total + value, 0)
    if (sum === 0) continue
    for (let at = 0; at < part.length; at++) part[at]! /= sum
  }
  return scaled
}
