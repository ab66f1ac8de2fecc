/** Parts of a pickle of protocol 2, as Python 2 writes them. */
type Part = Buffer

const ascii = (text: string) => Buffer.from(text, 'latin1')
const global = (module: string, name: string) => ascii(`c${module}\n${name}\n`)
const join = (...parts: readonly Part[]) => Buffer.concat(parts)

/** A whole pickle of this object. */
export function pickle(object: Part): Buffer {
  return join(ascii('\x80\x02'), object, ascii('.'))
}

export function integer(value: number): Part {
  const bytes = Buffer.alloc(5)
  bytes.write('J')
  bytes.writeInt32LE(value, 1)
  return bytes
}

export function text(value: string): Part {
  return join(ascii('U'), Buffer.of(value.length), ascii(value))
}

function tuple(...parts: readonly Part[]): Part {
  return join(ascii('('), ...parts, ascii('t'))
}

/** A NumPy array by rows of type i4 or f4. */
export function array(
  shape: readonly number[],
  type: 'i4' | 'f4' | 'f2',
  values: readonly number[],
): Part {
  const typed = type === 'i4' ? Int32Array.from(values) : Float32Array.from(values)
  const raw = Buffer.from(typed.buffer)
  const length = Buffer.alloc(4)
  length.writeInt32LE(raw.length)
  const none = ascii('NNN')
  const dtype = join(
    global('numpy', 'dtype'),
    tuple(text(type), integer(0), integer(1)),
    ascii('R'),
    tuple(integer(3), text('<'), none, integer(-1), integer(-1), integer(0)),
    ascii('b'),
  )
  return join(
    global('numpy.core.multiarray', '_reconstruct'),
    tuple(global('numpy', 'ndarray'), tuple(integer(0)), text('b')),
    ascii('R'),
    tuple(integer(1), tuple(...shape.map(integer)), dtype, ascii('\x89T'), length, raw),
    ascii('b'),
  )
}

/** A SciPy matrix by rows with ones in these columns. */
export function csr(columns: number, rows: readonly (readonly number[])[]): Part {
  const indices = rows.flat()
  const indptr = [0, ...rows.map((_, i) => rows.slice(0, i + 1).flat().length)]
  return join(
    global('scipy.sparse.csr', 'csr_matrix'),
    ascii(')\x81}('),
    ...[text('_shape'), tuple(integer(rows.length), integer(columns))],
    ...[text('indptr'), array([indptr.length], 'i4', indptr)],
    ...[text('indices'), array([indices.length], 'i4', indices)],
    ...[text('data'), array([indices.length], 'f4', Array(indices.length).fill(1))],
    ascii('ub'),
  )
}

/** A defaultdict from nodes to lists of neighbours. */
export function adjacency(neighbours: Readonly<Record<number, readonly number[]>>): Part {
  const items = Object.entries(neighbours).flatMap(([node, list]) => [
    integer(Number(node)),
    ascii(']('),
    ...list.map(integer),
    ascii('e'),
  ])
  return join(
    global('collections', 'defaultdict'),
    global('__builtin__', 'list'),
    ascii('\x85Rq\x01('),
    ...items,
    ascii('u'),
  )
}
