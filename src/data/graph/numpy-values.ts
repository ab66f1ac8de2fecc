/** A dense array of any shape, row-major. */
export interface NumpyArray {
  readonly shape: readonly number[]
  readonly values: Int32Array | Float32Array
}

/**
 * Little-endian values of a NumPy type; undefined for types that no data set here has. int64 becomes
 * int32, for what is counted here is small, and float64 becomes float32.
 */
export function decodeValues(bytes: Buffer, type: string): NumpyArray['values'] | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  switch (type) {
    case '|i1':
      return Int32Array.from(bytes, (_, i) => view.getInt8(i))
    case '<i4':
      return Int32Array.from(indices(bytes, 4), i => view.getInt32(4 * i, true))
    case '<i8':
      return Int32Array.from(indices(bytes, 8), i => Number(view.getBigInt64(8 * i, true)))
    case '<f4':
      return Float32Array.from(indices(bytes, 4), i => view.getFloat32(4 * i, true))
    case '<f8':
      return Float32Array.from(indices(bytes, 8), i => view.getFloat64(8 * i, true))
    default:
      return undefined
  }
}

function indices(bytes: Buffer, width: number): number[] {
  return Array.from({ length: Math.floor(bytes.length / width) }, (_, i) => i)
}
