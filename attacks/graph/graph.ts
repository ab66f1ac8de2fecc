import type { GraphDataset, SparseRows } from '../../src/data/dataset.ts'

/** What an attack on node classifiers may change: who is joined to whom, and the features. */
export type Graph = Pick<GraphDataset, 'nodes' | 'edges' | 'features'>

/** Two nodes, in either order. */
export type Pair = readonly [number, number]

/** One number for a pair of nodes, the same for (u, v) and (v, u). */
export function pairKey(nodes: number, u: number, v: number): number {
  return Math.min(u, v) * nodes + Math.max(u, v)
}

/** The pair u < v of a key. */
export function pairOf(nodes: number, key: number): Pair {
  return [Math.floor(key / nodes), key % nodes]
}

/** The keys of all edges. */
export function edgeKeys({ nodes, edges }: Graph): Set<number> {
  const keys = new Set<number>()
  for (let at = 0; at < edges.length; at += 2) keys.add(pairKey(nodes, edges[at]!, edges[at + 1]!))
  return keys
}

/** The ends of every edge. */
export function edgesAsPairs({ edges }: Graph): Pair[] {
  return Array.from({ length: edges.length / 2 }, (_, at) => [edges[2 * at]!, edges[2 * at + 1]!])
}

/** Edges of these keys, `[edges, 2]`: u < v, sorted. */
export function edgesOf(nodes: number, keys: Iterable<number>): Int32Array {
  const sorted = Float64Array.from(keys).sort()
  const edges = new Int32Array(2 * sorted.length)
  sorted.forEach((key, at) => {
    edges.set(pairOf(nodes, key), 2 * at)
  })
  return edges
}

/** The graph with an edge where there was none and none where there was one, for these pairs. */
export function withFlippedPairs(graph: Graph, pairs: Iterable<Pair>): Graph {
  const keys = edgeKeys(graph)
  for (const [u, v] of pairs) {
    const key = pairKey(graph.nodes, u, v)
    if (!keys.delete(key)) keys.add(key)
  }
  return { ...graph, edges: edgesOf(graph.nodes, keys) }
}

/** Number of edges at every node, `[nodes]`. */
export function degreesOf({ nodes, edges }: Graph): Int32Array {
  const degrees = new Int32Array(nodes)
  for (const node of edges) degrees[node]!++
  return degrees
}

/** The neighbours of every node. */
export function neighboursOf({ nodes, edges }: Graph): Set<number>[] {
  const neighbours = Array.from({ length: nodes }, () => new Set<number>())
  for (let at = 0; at < edges.length; at += 2) {
    neighbours[edges[at]!]!.add(edges[at + 1]!)
    neighbours[edges[at + 1]!]!.add(edges[at]!)
  }
  return neighbours
}

/** 1 between neighbours, `[nodes · nodes]`, row-major. */
export function denseAdjacency({ nodes, edges }: Graph): Float32Array {
  const adjacency = new Float32Array(nodes * nodes)
  for (let at = 0; at < edges.length; at += 2) {
    const [u, v] = [edges[at]!, edges[at + 1]!]
    adjacency[u * nodes + v] = 1
    adjacency[v * nodes + u] = 1
  }
  return adjacency
}

/** Features in full, `[nodes · count]`, row-major. */
export function denseFeatures({ nodes, features }: Graph): Float32Array {
  const { indptr, indices, values, count } = features
  const dense = new Float32Array(nodes * count)
  for (let node = 0; node < nodes; node++) {
    for (let at = indptr[node]!; at < indptr[node + 1]!; at++) {
      dense[node * count + indices[at]!] = values[at]!
    }
  }
  return dense
}

/** The entries of full features that are not zero. */
export function sparseFeatures(dense: Float32Array, count: number): SparseRows {
  const nodes = dense.length / count
  const indptr = new Int32Array(nodes + 1)
  const indices: number[] = []
  for (let node = 0; node < nodes; node++) {
    for (let column = 0; column < count; column++) {
      if (dense[node * count + column] !== 0) indices.push(column)
    }
    indptr[node + 1] = indices.length
  }
  const values = new Float32Array(indices.length)
  for (let node = 0; node < nodes; node++) {
    for (let at = indptr[node]!; at < indptr[node + 1]!; at++) {
      values[at] = dense[node * count + indices[at]!]!
    }
  }
  return { indptr, indices: Int32Array.from(indices), values, count }
}
