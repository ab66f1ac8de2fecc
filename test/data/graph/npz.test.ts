import { deflateRawSync } from 'node:zlib'
import test from 'ava'
import { readNpzGraph } from '../../../src/data/graph/npz-graph.ts'
import { WorkError } from '../../../src/errors.ts'

/** A ZIP archive of these members; those that `packed` names are deflated. */
function zip(members: Readonly<Record<string, Buffer>>, packed: readonly string[] = []): Buffer {
  const locals: Buffer[] = []
  const entries: Buffer[] = []
  let at = 0
  for (const [name, content] of Object.entries(members)) {
    const deflated = packed.includes(name)
    const raw = deflated ? deflateRawSync(content) : content
    const fields = Buffer.alloc(20)
    fields.writeUInt16LE(deflated ? 8 : 0, 2)
    fields.writeUInt32LE(raw.length, 12)
    fields.writeUInt32LE(content.length, 16)
    const sizes = Buffer.alloc(4)
    sizes.writeUInt16LE(name.length)
    const local = Buffer.concat([
      Buffer.from('PK\x03\x04\0\0'),
      fields,
      sizes,
      Buffer.from(name),
      raw,
    ])
    const place = Buffer.alloc(14)
    place.writeUInt32LE(at, 10)
    entries.push(
      Buffer.concat([Buffer.from('PK\x01\x02\0\0\0\0'), fields, sizes, place, Buffer.from(name)]),
    )
    locals.push(local)
    at += local.length
  }
  const end = Buffer.alloc(22)
  end.write('PK\x05\x06')
  end.writeUInt16LE(entries.length, 10)
  end.writeUInt32LE(at, 16)
  return Buffer.concat([...locals, ...entries, end])
}

function npy(type: string, values: readonly number[]): Buffer {
  const header = `{'descr': '${type}', 'fortran_order': False, 'shape': (${values.length},), }\n`
  const head = Buffer.from(
    `\x93NUMPY\x01\0${String.fromCharCode(header.length)}\0${header}`,
    'latin1',
  )
  const body = {
    '|i1': () => Int8Array.from(values),
    '<i4': () => Int32Array.from(values),
    '<i8': () => BigInt64Array.from(values.map(BigInt)),
    '<f4': () => Float32Array.from(values),
  }[type]
  return Buffer.concat([head, Buffer.from(body?.().buffer ?? new ArrayBuffer(0))])
}

/** Three nodes in a circle, one direction each, with a loop; node 1 has no features. */
const members = {
  'adj_shape.npy': npy('<i8', [3, 3]),
  'adj_indptr.npy': npy('<i4', [0, 1, 3, 4]),
  'adj_indices.npy': npy('<i4', [1, 2, 1, 0]),
  'adj_data.npy': npy('<f4', [1, 1, 1, 1]),
  'attr_shape.npy': npy('<i8', [3, 5]),
  'attr_indptr.npy': npy('<i4', [0, 2, 2, 3]),
  'attr_indices.npy': npy('<i4', [4, 0, 2]),
  'attr_data.npy': npy('<f4', [0.5, 1, 1]),
  'labels.npy': npy('|i1', [1, 0, 1]),
}

const read = (bytes: Buffer) => readNpzGraph({ path: 'g.npz', bytes }, 0)

test('stored and deflated members become one undirected graph', t => {
  const graph = read(zip(members, ['attr_data.npy', 'labels.npy']))
  t.deepEqual(graph.edges, Int32Array.of(0, 1, 0, 2, 1, 2))
  t.deepEqual(graph.labels, Int32Array.of(1, 0, 1))
  t.deepEqual(graph.features, {
    indptr: Int32Array.of(0, 2, 2, 3),
    indices: Int32Array.of(0, 4, 2),
    values: Float32Array.of(1, 0.5, 1),
    count: 5,
  })
  t.deepEqual(graph.train, Int32Array.of(0, 1, 2))
})

test('members of other names are not looked at', t => {
  t.notThrows(() => read(zip({ ...members, 'idx_to_node.npy': Buffer.from('a pickle') })))
})

const objects = npy('|O', [])
const damaged: readonly [string, Buffer, RegExp][] = [
  ['no archive', Buffer.from('text'), /^[^:]+: g\.npz: no end of a ZIP directory$/],
  ['a cut archive', zip(members).subarray(300), /: g\.npz: damaged ZIP archive: /],
  ['no labels', zip({ ...members, 'labels.npy': objects.subarray(0, 4) }), /labels\.npy: expected/],
  ['objects', zip({ ...members, 'labels.npy': objects }), /labels\.npy: array \{'descr': '\|O'/],
  [
    'too few labels',
    zip({ ...members, 'labels.npy': npy('|i1', [0]) }),
    /g\.npz: 1 labels, expected as many rows/,
  ],
  [
    'columns out of range',
    zip({ ...members, 'attr_indices.npy': npy('<i4', [5, 0, 2]) }),
    /g\.npz: attr is no CSR matrix of 3x5$/,
  ],
]

for (const [name, bytes, message] of damaged) {
  test(`${name}: one line`, t => {
    t.throws(() => read(bytes), { instanceOf: WorkError, message })
  })
}
