/** The places of a sparse matrix's entries, by rows (CSR); the entries' values are held apart. */
export interface SparsePattern {
  readonly rows: number
  readonly columns: number
  /** `[rows + 1]`: row i holds the entries `indptr[i]` to `indptr[i + 1] − 1`. */
  readonly indptr: Int32Array
  /** `[entries]`: the column of each entry. */
  readonly indices: Int32Array
}

const whole = new WeakSet<SparsePattern>()

/**
 * Makes sure, once for every pattern, that no entry lies outside the matrix.
 *
 * @throws RangeError where one does, or where the row starts do not ascend from 0 to the number of entries
 */
export function checkPattern(pattern: SparsePattern): void {
  if (whole.has(pattern)) return
  const { rows, columns, indptr, indices } = pattern
  const ascending = indptr.every((start, i) => i === 0 || start >= indptr[i - 1]!)
  const complete = indptr.length === rows + 1 && indptr[0] === 0 && indptr[rows] === indices.length
  if (!ascending || !complete) {
    throw new RangeError(
      `invalid pattern: its ${indptr.length} row starts do not part ${indices.length} entries into ${rows} rows`,
    )
  }
  const stray = indices.find(column => column < 0 || column >= columns)
  if (stray !== undefined) {
    throw new RangeError(`invalid pattern: column ${stray} is outside 0…${columns - 1}`)
  }
  whole.add(pattern)
}

/**
 * The adjacency of an undirected graph with every node its own neighbour, A + I; columns ascend.
 *
 * @param edges `[edges, 2]`, row-major, each once in either direction, no loops
 * @throws RangeError for an edge to a node that does not exist, a loop, or an edge that occurs twice
 */
export function withLoops(nodes: number, edges: Int32Array): SparsePattern {
  const indptr = new Int32Array(nodes + 1).fill(1, 1)
  for (const node of edges) {
    if (!(node >= 0 && node < nodes)) {
      throw new RangeError(`invalid edge: node ${node} is outside 0…${nodes - 1}`)
    }
    indptr[node + 1]!++
  }
  for (let node = 0; node < nodes; node++) indptr[node + 1]! += indptr[node]!
  const indices = new Int32Array(nodes + edges.length)
  const next = indptr.slice(0, nodes)
  for (let node = 0; node < nodes; node++) indices[next[node]!++] = node
  for (let i = 0; i < edges.length; i += 2) {
    const [u, v] = [edges[i]!, edges[i + 1]!]
    indices[next[u]!++] = v
    indices[next[v]!++] = u
  }
  for (let node = 0; node < nodes; node++) {
    const row = indices.subarray(indptr[node]!, indptr[node + 1]!).sort()
    const twice = row.find((neighbour, at) => neighbour === row[at - 1])
    if (twice !== undefined) {
      throw new RangeError(`invalid edge: ${node}–${twice}; expected each once and no loops`)
    }
  }
  return Object.freeze({ rows: nodes, columns: nodes, indptr, indices })
}

/**
 * The symmetrically normalised adjacency `D^−½ (A + I) D^−½`, D the row sums of A + I.
 *
 * @param edges as for `withLoops`
 * @returns the pattern of A + I and its values, `[entries]`
 * @see Kipf and Welling, "Semi-supervised classification with graph convolutional networks", 2017
 */
export function normalisedAdjacency(
  nodes: number,
  edges: Int32Array,
): { readonly pattern: SparsePattern; readonly values: Float32Array } {
  const pattern = withLoops(nodes, edges)
  const { indptr, indices } = pattern
  const degree = (node: number) => indptr[node + 1]! - indptr[node]!
  const values = new Float32Array(indices.length)
  for (let node = 0; node < nodes; node++) {
    for (let at = indptr[node]!; at < indptr[node + 1]!; at++) {
      values[at] = 1 / Math.sqrt(degree(node) * degree(indices[at]!))
    }
  }
  return { pattern, values }
}

/**
 * Which nodes can be reached from which in at most `hops` steps: the pattern of (A + I)^hops; columns ascend.
 *
 * Two searches from every node, one to count, so that nothing but the result grows with its entries.
 *
 * @param pattern a graph's adjacency, with or without loops
 * @throws RangeError for a matrix that is not square, hops that are no integer from 0 on, or more than
 *   2³¹ − 1 entries
 */
export function reach(pattern: SparsePattern, hops: number): SparsePattern {
  checkPattern(pattern)
  const { rows: nodes, columns } = pattern
  if (nodes !== columns)
    throw new RangeError(`invalid graph: [${nodes}, ${columns}]; expected [n, n]`)
  if (!Number.isSafeInteger(hops) || hops < 0) {
    throw new RangeError(`invalid hops: ${hops}; expected an integer from 0 on`)
  }
  const seenFrom = new Int32Array(nodes).fill(-1)
  const found = new Int32Array(nodes)
  const indptr = new Int32Array(nodes + 1)
  let entries = 0
  for (let node = 0; node < nodes; node++) {
    entries += search(pattern, node, hops, seenFrom, found)
    if (entries >= 2 ** 31)
      throw new RangeError(`invalid hops: ${hops} reach over 2³¹ pairs of nodes`)
    indptr[node + 1] = entries
  }
  const indices = new Int32Array(entries)
  seenFrom.fill(-1)
  for (let node = 0; node < nodes; node++) {
    const count = search(pattern, node, hops, seenFrom, found)
    indices.set(found.subarray(0, count).sort(), indptr[node]!)
  }
  return Object.freeze({ rows: nodes, columns: nodes, indptr, indices })
}

/**
 * Collects at the start of `found` what is within `hops` steps of a node, and returns how many that is.
 *
 * @param seenFrom `[nodes]`: the last node from which each was seen
 * @param found `[nodes]`
 */
function search(
  { indptr, indices }: SparsePattern,
  start: number,
  hops: number,
  seenFrom: Int32Array,
  found: Int32Array,
): number {
  found[0] = start
  seenFrom[start] = start
  let count = 1
  let done = 0
  for (let hop = 0; hop < hops && done < count; hop++) {
    for (const end = count; done < end; done++) {
      const node = found[done]!
      for (let at = indptr[node]!; at < indptr[node + 1]!; at++) {
        const neighbour = indices[at]!
        if (seenFrom[neighbour] === start) continue
        seenFrom[neighbour] = start
        found[count++] = neighbour
      }
    }
  }
  return count
}
