import { invalidFile, type RawFile } from '../raw-file.ts'
import { decodeValues, type NumpyArray } from './numpy-values.ts'

const header = /^\{'descr': '([^']+)', 'fortran_order': False, 'shape': \(([\d, ]*)\), \}\s*$/

/**
 * A NumPy array by rows in its own format, of int8, int32, int64 (read as int32), float32 or float64
 * (read as float32); arrays of objects are pickles and refused like every other type.
 *
 * @throws WorkError naming the file when it is damaged or of another type
 * @see https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 */
export function readNpy({ path, bytes }: RawFile): NumpyArray {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  if (file.length < 10 || file.toString('latin1', 0, 7) !== '\x93NUMPY\x01') {
    throw invalidFile(path, 'expected a NumPy array of version 1')
  }
  const start = 10 + file.readUInt16LE(8)
  const description = file.toString('latin1', 10, start)
  const [, type = '', sizes = ''] = header.exec(description) ?? []
  const values = decodeValues(file.subarray(start), type)
  if (values === undefined) {
    throw invalidFile(
      path,
      `array ${description.trim()}, expected |i1, <i4, <i8, <f4 or <f8 by rows`,
    )
  }
  const shape = sizes.split(',').flatMap(size => (size.trim() ? [Number(size)] : []))
  const count = shape.reduce((product, size) => product * size, 1)
  if (values.length === count) return { shape, values }
  throw invalidFile(path, `${values.length} values in an array of ${shape.join('x')}`)
}
