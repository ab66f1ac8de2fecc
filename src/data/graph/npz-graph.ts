import { generator } from '../../random/generator.ts'
import { invalidFile, type RawFile } from '../raw-file.ts'
import { undirectedEdges } from './edges.ts'
import type { GraphContent } from './graph-content.ts'
import { readNpy } from './npy.ts'
import { type CsrMatrix, isWhole, rowOf, sparseRows } from './sparse-rows.ts'
import { drawSplit } from './split.ts'
import { readZip } from './zip.ts'

/**
 * Reads a graph from a NumPy archive: `adj_*` and `attr_*` as CSR matrices, `labels`. Members of other
 * names are not looked at: some such archives have pickles there.
 *
 * Such files have no split; it is drawn from the seed, see `drawSplit`. Directions of edges are dropped.
 *
 * @throws WorkError naming the archive and member that is damaged or missing
 * @see Shchur et al., arXiv 1811.05868; https://github.com/shchur/gnn-benchmark
 */
export function readNpzGraph(file: RawFile, seed: number): GraphContent {
  const members = readZip(file)
  const array = (name: string) => {
    const bytes = members.get(`${name}.npy`)
    if (bytes === undefined) throw invalidFile(file.path, `missing member ${name}.npy`)
    return readNpy({ path: `${file.path}:${name}.npy`, bytes }).values
  }
  const matrix = (name: string) => csr(file, name, array)
  const [adjacency, attributes] = [matrix('adj'), matrix('attr')]
  const labels = Int32Array.from(array('labels'))
  const nodes = labels.length
  if (adjacency.rows !== nodes || adjacency.columns !== nodes || attributes.rows !== nodes) {
    throw invalidFile(file.path, `${nodes} labels, expected as many rows in adj and attr`)
  }
  const rows = Array.from(labels, (_, node) => rowOf(attributes, node))
  return {
    nodes,
    edges: undirectedEdges(nodes, pairs(adjacency)),
    features: sparseRows(rows, attributes.columns),
    labels,
    ...drawSplit(labels, generator(seed, 'graph split')),
  }
}

/** The matrix of these members, checked. */
function csr(
  file: RawFile,
  name: string,
  array: (name: string) => Int32Array | Float32Array,
): CsrMatrix {
  const [rows = 0, columns = 0] = array(`${name}_shape`)
  const indptr = Int32Array.from(array(`${name}_indptr`))
  const indices = Int32Array.from(array(`${name}_indices`))
  const values = Float32Array.from(array(`${name}_data`))
  const matrix = { rows, columns, indptr, indices, values }
  if (isWhole(matrix)) return matrix
  throw invalidFile(file.path, `${name} is no CSR matrix of ${rows}x${columns}`)
}

function* pairs({ rows, indptr, indices }: CsrMatrix): Iterable<readonly [number, number]> {
  for (let row = 0; row < rows; row++) {
    for (let at = indptr[row]!; at < indptr[row + 1]!; at++) yield [row, indices[at]!]
  }
}
