import test from 'ava'
import { normalisedAdjacency, reach, withLoops } from '../../src/engine/sparse.ts'
import { stream } from '../../src/random/stream.ts'

/** A path 0–1–2–3 and a node 4 on its own. */
const path = Int32Array.of(2, 1, 0, 1, 2, 3)

test('a graph becomes its adjacency with loops, columns ascending', t => {
  const { rows, columns, indptr, indices } = withLoops(5, path)
  t.deepEqual([rows, columns], [5, 5])
  t.deepEqual([...indptr], [0, 2, 5, 8, 10, 11])
  t.deepEqual([...indices], [0, 1, 0, 1, 2, 1, 2, 3, 2, 3, 4])
})

test('a normalised entry is one over the root of both degrees, loops counted', t => {
  const { pattern, values } = normalisedAdjacency(5, path)
  t.deepEqual(pattern, withLoops(5, path))
  const [a, b, c] = [1 / 2, 1 / Math.sqrt(6), 1 / 3].map(Math.fround)
  t.deepEqual([...values], [a, b, b, c, c, c, c, b, b, a, 1])
})

test('edges to nowhere, loops and repeated edges are refused', t => {
  const refused = (edges: number[], message: string) =>
    t.throws(() => withLoops(3, Int32Array.from(edges)), { instanceOf: RangeError, message })
  refused([0, 3], 'invalid edge: node 3 is outside 0…2')
  refused([-1, 0], 'invalid edge: node -1 is outside 0…2')
  refused([1, 1], 'invalid edge: 1–1; expected each once and no loops')
  refused([0, 2, 2, 0], 'invalid edge: 0–2; expected each once and no loops')
})

test('on a path, what is within two steps', t => {
  const { indptr, indices } = reach(withLoops(5, path), 2)
  t.deepEqual([...indptr], [0, 3, 7, 11, 14, 15])
  t.deepEqual([...indices], [0, 1, 2, 0, 1, 2, 3, 0, 1, 2, 3, 1, 2, 3, 4])
  t.deepEqual([...reach(withLoops(5, path), 0).indices], [0, 1, 2, 3, 4])
  t.deepEqual(reach(withLoops(5, path), 1), withLoops(5, path))
})

test('what is within h steps is the pattern of the power h of the adjacency', t => {
  const nodes = 40
  const random = stream(1, 'test', 'graph').uniforms(new Float32Array(nodes * nodes))
  const edges: number[] = []
  for (let u = 0; u < nodes; u++) {
    for (let v = u + 1; v < nodes; v++) if (random[u * nodes + v]! < 0.04) edges.push(u, v)
  }
  const graph = withLoops(nodes, Int32Array.from(edges))
  const neighbours = (node: number) =>
    graph.indices.subarray(graph.indptr[node]!, graph.indptr[node + 1]!)
  let reached = Array.from({ length: nodes }, (_, node) => new Set([node]))
  for (let hops = 0; hops < 5; hops++) {
    const { indptr, indices } = reach(graph, hops)
    for (const [node, set] of reached.entries()) {
      const row = indices.subarray(indptr[node]!, indptr[node + 1]!)
      t.deepEqual(
        [...row],
        [...set].sort((a, b) => a - b),
      )
    }
    reached = reached.map(set => new Set([...set].flatMap(node => [...neighbours(node)])))
  }
})

test('no graph and no number of hops is refused', t => {
  const graph = withLoops(3, Int32Array.of(0, 1))
  const refused = (f: () => unknown, message: string) =>
    t.throws(f, { instanceOf: RangeError, message })
  refused(() => reach({ ...graph, columns: 4 }, 1), 'invalid graph: [3, 4]; expected [n, n]')
  refused(() => reach(graph, 1.5), 'invalid hops: 1.5; expected an integer from 0 on')
})
