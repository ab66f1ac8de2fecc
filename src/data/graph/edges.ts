/**
 * Undirected edges, [edges, 2]: u < v, sorted, each once, loops left out.
 *
 * @param nodes number of nodes; every end is below it
 * @param pairs ends of each edge, in any order and direction
 */
export function undirectedEdges(
  nodes: number,
  pairs: Iterable<readonly [number, number]>,
): Int32Array {
  const keys = new Set<number>()
  for (const [a, b] of pairs) if (a !== b) keys.add(Math.min(a, b) * nodes + Math.max(a, b))
  const sorted = Float64Array.from(keys).sort()
  const edges = new Int32Array(2 * sorted.length)
  for (const [i, key] of sorted.entries()) {
    edges[2 * i] = Math.floor(key / nodes)
    edges[2 * i + 1] = key % nodes
  }
  return edges
}
