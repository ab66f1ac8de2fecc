import test from 'ava'
import { readPlainGraph } from '../../../src/data/graph/plain-graph.ts'
import { WorkError } from '../../../src/errors.ts'

const heading = '# node\tlabel\tsplit\tfeatures (3 columns; indices of 1s)\n'
const nodes = `${heading}0\t1\ttrain\t2,0\n1\t-1\tnone\t\n2\t0\ttest\t1\n`
const edges = '# u\tv\n0\t2\n1\t2\n'

const read = (nodeText: string, edgeText = edges) =>
  readPlainGraph(
    { path: 'nodes', bytes: Buffer.from(nodeText) },
    { path: 'edges', bytes: Buffer.from(edgeText) },
    2,
  )

test('two tables become a graph', t => {
  const graph = read(nodes)
  t.deepEqual(graph.edges, Int32Array.of(0, 2, 1, 2))
  t.deepEqual(graph.labels, Int32Array.of(1, -1, 0))
  t.deepEqual(graph.features.indices, Int32Array.of(0, 2, 1))
  t.deepEqual([graph.train, graph.test], [Int32Array.of(0), Int32Array.of(2)])
})

const damaged: readonly [nodes: string, edges: string, fault: string][] = [
  ['0\t1\ttrain\t2\n', edges, 'nodes: line 1: no number of feature columns'],
  [`${heading}0\t1\ttrain\n`, edges, 'nodes: line 2: 3 columns, expected 4'],
  [`${heading}1\t1\ttrain\t\n`, edges, 'nodes: line 2: node 1, expected 0'],
  [`${heading}0\t2\ttrain\t\n`, edges, 'nodes: line 2: label 2, expected -1 to 1'],
  [`${heading}0\t1\ttrain\t3\n`, edges, 'nodes: line 2: feature 3, expected 0 to 2'],
  [`${heading}0\t1\ttrain\t?\n`, edges, 'nodes: line 2: the features are not available'],
  [nodes, '# u\tv\n0\t3\n', 'edges: line 2: expected two nodes from 0 to 2'],
]

for (const [nodeText, edgeText, fault] of damaged) {
  test(fault, t => {
    t.throws(() => read(nodeText, edgeText), {
      instanceOf: WorkError,
      message: `invalid data file: ${fault}`,
    })
  })
}
