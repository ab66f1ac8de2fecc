import test from 'ava'
import { type PlanetoidFiles, readPlanetoid } from '../../../src/data/graph/planetoid.ts'
import { WorkError } from '../../../src/errors.ts'
import { adjacency, array, csr, pickle } from './pickles.ts'

/** Five known nodes, of which two are for training, and tests 5 and 7; 6 is isolated. */
const parts = {
  x: pickle(csr(4, [[3, 0], [1]])),
  y: pickle(array([2, 2], 'i4', [1, 0, 0, 1])),
  tx: pickle(csr(4, [[2], [0]])),
  ty: pickle(array([2, 2], 'i4', [0, 1, 1, 0])),
  allx: pickle(csr(4, [[3, 0], [1], [], [2], [1, 2]])),
  ally: pickle(array([5, 2], 'i4', [1, 0, 0, 1, 1, 0, 1, 0, 0, 1])),
  graph: pickle(adjacency({ 0: [1, 7, 1], 1: [0], 5: [5, 4], 7: [0], 6: [] })),
  'test.index': Buffer.from('7\n5\n'),
}

function read(changes: Partial<Record<keyof PlanetoidFiles, Buffer>> = {}) {
  const files = Object.entries({ ...parts, ...changes }).map(([part, bytes]) => {
    return [part, { path: part, bytes }]
  })
  return readPlanetoid(Object.fromEntries(files))
}

test('the parts become one graph; test rows go where the index says', t => {
  const graph = read()
  t.is(graph.nodes, 8)
  t.deepEqual(graph.edges, Int32Array.of(0, 1, 0, 7, 4, 5))
  t.deepEqual(graph.labels, Int32Array.of(0, 1, 0, 0, 1, 0, -1, 1))
  t.deepEqual(graph.features, {
    indptr: Int32Array.of(0, 2, 3, 3, 4, 6, 7, 7, 8),
    indices: Int32Array.of(0, 3, 1, 2, 1, 2, 0, 2),
    values: new Float32Array(8).fill(1),
    count: 4,
  })
  t.deepEqual(graph.train, Int32Array.of(0, 1))
  t.deepEqual(graph.validation, Int32Array.of(2, 3, 4))
  t.deepEqual(graph.test, Int32Array.of(5, 7))
})

const damaged: readonly [keyof PlanetoidFiles, Buffer, fault: string][] = [
  ['ally', parts.ty, 'array of 2x2, expected 5 rows'],
  ['ty', pickle(array([2, 2], 'i4', [0, 0, 1, 0])), 'row 0 has no class'],
  ['ty', pickle(array([2, 2], 'i4', [0, 1, 1])), '3 values in an array of 2x2'],
  ['ty', pickle(array([1], 'f2', [0])), 'array of type <f2, expected <i4, <i8, <f4, <f8'],
  ['tx', parts.ty, 'expected a csr_matrix'],
  ['tx', pickle(csr(4, [[4], [0]])), 'no CSR matrix of 2x4'],
  ['test.index', Buffer.from('7\n4\n'), 'line 2: 4, expected a node from 5'],
  ['test.index', Buffer.from('7\n7\n'), '1 different nodes, expected 2'],
  ['graph', pickle(adjacency({ 0: [8] })), 'edge to node 8, expected 0 to 7'],
  ['graph', parts.ty, 'global "numpy.core.multiarray _reconstruct" is not allowed at byte 2'],
]

for (const [part, content, fault] of damaged) {
  test(`${part}: ${fault}`, t => {
    t.throws(() => read({ [part]: content }), {
      instanceOf: WorkError,
      message: `invalid data file: ${part}: ${fault}`,
    })
  })
}
