import { invalidFile, type RawFile } from '../raw-file.ts'
import { decodeValues, type NumpyArray } from './numpy-values.ts'
import { Made, type Pickled, readPickle } from './pickle.ts'
import { type CsrMatrix, isWhole } from './sparse-rows.ts'

const reconstruct = 'numpy.core.multiarray _reconstruct'
const ndarray = 'numpy ndarray'
const dtype = 'numpy dtype'
const csr = 'scipy.sparse.csr csr_matrix'
const defaultdict = 'collections defaultdict'
const arrayGlobals = [reconstruct, ndarray, dtype]

/**
 * A pickled NumPy array of little-endian int32, int64 (read as int32) or float32.
 *
 * @throws WorkError naming the file when it holds anything else
 */
export function readPickledArray(file: RawFile): NumpyArray {
  return arrayOf(readPickle(file, arrayGlobals), file.path)
}

/**
 * A pickled SciPy CSR matrix of float32.
 *
 * @throws WorkError naming the file when it holds anything else
 */
export function readPickledCsr(file: RawFile): CsrMatrix {
  const made = readPickle(file, [...arrayGlobals, csr])
  const state = made instanceof Made && made.global === csr ? made.state : undefined
  if (!(state instanceof Map)) throw invalidFile(file.path, 'expected a csr_matrix')
  const array = (name: string) => arrayOf(state.get(name) ?? null, file.path).values
  const [rows, columns] = numbers(state.get('_shape') ?? null)
  const [indptr, indices, values] = [array('indptr'), array('indices'), array('data')]
  if (
    rows === undefined ||
    columns === undefined ||
    !(indptr instanceof Int32Array && indices instanceof Int32Array) ||
    !(values instanceof Float32Array)
  ) {
    throw invalidFile(file.path, 'expected a csr_matrix of float32')
  }
  const matrix = { rows, columns, indptr, indices, values }
  if (isWhole(matrix)) return matrix
  throw invalidFile(file.path, `no CSR matrix of ${rows}x${columns}`)
}

/**
 * A pickled `defaultdict(list)` from a node to its neighbours.
 *
 * @throws WorkError naming the file when it holds anything else
 */
export function readPickledAdjacency(file: RawFile): ReadonlyMap<number, readonly number[]> {
  const made = readPickle(file, [defaultdict, '__builtin__ list'])
  if (!(made instanceof Made && made.global === defaultdict)) {
    throw invalidFile(file.path, 'expected a dictionary of neighbours')
  }
  const adjacency = new Map<number, readonly number[]>()
  for (const [node, neighbours] of made.items) {
    const found = numbers(neighbours)
    if (
      typeof node !== 'number' ||
      !Array.isArray(neighbours) ||
      found.length < neighbours.length
    ) {
      throw invalidFile(file.path, 'expected lists of nodes')
    }
    adjacency.set(node, found)
  }
  return adjacency
}

/** What `ndarray.__setstate__` is given: version, shape, type, whether by columns, bytes. */
function arrayOf(value: Pickled, path: string): NumpyArray {
  const state = value instanceof Made && value.global === reconstruct ? value.state : null
  const [, shape, type, byColumns, raw] = Array.isArray(state) ? state : []
  const name = type instanceof Made && type.global === dtype ? listed(type.args)[0] : undefined
  const order = type instanceof Made ? listed(type.state)[1] : undefined
  const kind = `${order}${name}`
  if (!Array.isArray(shape) || byColumns !== false || typeof raw !== 'string') {
    throw invalidFile(path, 'expected a NumPy array by rows')
  }
  const sizes = numbers(shape)
  const count = sizes.reduce((product, size) => product * size, 1)
  const values = decodeValues(Buffer.from(raw, 'latin1'), kind)
  if (values === undefined)
    throw invalidFile(path, `array of type ${kind}, expected <i4, <i8, <f4, <f8`)
  if (values.length !== count) {
    throw invalidFile(path, `${values.length} values in an array of ${sizes.join('x')}`)
  }
  return { shape: sizes, values }
}

function listed(value: Pickled): readonly Pickled[] {
  return Array.isArray(value) ? value : []
}

function numbers(value: Pickled): number[] {
  return listed(value).filter(item => typeof item === 'number')
}
