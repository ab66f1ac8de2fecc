/**
 * Makes each square block of `[n, blocks · n]` orthogonal in place, column by column (Gram–Schmidt).
 * Blocks of independent normal numbers become uniformly distributed orthogonal matrices.
 *
 * @param values row-major
 */
export function orthogonalise(values: Float32Array, n: number): void {
  const width = values.length / n
  const columns = Array.from({ length: width }, (_, column) =>
    Float64Array.from({ length: n }, (__, row) => values[row * width + column]!),
  )
  for (const [at, column] of columns.entries()) {
    const before = columns.slice(at - (at % n), at)
    // The second time takes out what rounding left in the first.
    for (const other of [...before, ...before]) {
      const share = dot(column, other)
      for (let row = 0; row < n; row++) column[row]! -= share * other[row]!
    }
    const length = Math.sqrt(dot(column, column))
    for (let row = 0; row < n; row++) {
      column[row]! /= length
      values[row * width + at] = column[row]!
    }
  }
}

function dot(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, value, at) => sum + value * b[at]!, 0)
}
