import { invalidFile, type RawFile } from '../raw-file.ts'
import { undirectedEdges } from './edges.ts'
import type { GraphContent } from './graph-content.ts'
import { readPickledAdjacency, readPickledArray, readPickledCsr } from './numpy-pickle.ts'
import type { NumpyArray } from './numpy-values.ts'
import { type CsrMatrix, rowOf, type SparseRow, sparseRows } from './sparse-rows.ts'

/** The parts of a Planetoid graph, by the end of their files' names, `ind.<graph>.<part>`. */
export const planetoidParts = ['x', 'y', 'tx', 'ty', 'allx', 'ally', 'graph', 'test.index'] as const

export type PlanetoidFiles = Readonly<Record<(typeof planetoidParts)[number], RawFile>>

const validationNodes = 500

/**
 * Reads a graph in Planetoid's layout, with its public split: training on the rows of `x`, validation
 * on the next 500, test on `test.index`.
 *
 * Rows of `tx` belong to the nodes in `test.index`, in its order. Numbers that are missing there are
 * nodes without features and without a label: Citeseer has 15, usually called isolated, though the
 * graph has 16 edges to them.
 *
 * @throws WorkError naming the file that is damaged or does not fit the others
 * @see Yang, Cohen and Salakhutdinov, arXiv 1603.08861; https://github.com/kimiyoung/planetoid
 */
export function readPlanetoid(files: PlanetoidFiles): GraphContent {
  const [known, tested] = [readPickledCsr(files.allx), readPickledCsr(files.tx)]
  const [knownLabels, testLabels] = [oneHot(files.ally, known), oneHot(files.ty, tested)]
  const trainCount = oneHot(files.y, readPickledCsr(files.x)).length
  const test = testIndex(files['test.index'], known, tested)
  const nodes = Math.max(...test) + 1
  const rows: SparseRow[] = Array.from({ length: nodes }, () => ({ indices: [], values: [] }))
  const labels = new Int32Array(nodes).fill(-1)
  for (const [node, label] of knownLabels.entries()) {
    rows[node] = rowOf(known, node)
    labels[node] = label
  }
  for (const [row, node] of test.entries()) {
    rows[node] = rowOf(tested, row)
    labels[node] = testLabels[row]!
  }
  return {
    nodes,
    edges: undirectedEdges(nodes, pairs(files.graph, nodes)),
    features: sparseRows(rows, known.columns),
    labels,
    train: range(0, trainCount),
    validation: range(trainCount, Math.min(trainCount + validationNodes, known.rows)),
    test: test.toSorted(),
  }
}

/** The class of each row of a one-hot array that belongs to these features. */
function oneHot(file: RawFile, features: CsrMatrix): Int32Array {
  const { shape, values }: NumpyArray = readPickledArray(file)
  const [rows = 0, classes = 0] = shape
  if (shape.length !== 2 || rows !== features.rows) {
    const expected = `${features.rows} rows`
    throw invalidFile(file.path, `array of ${shape.join('x')}, expected ${expected}`)
  }
  return Int32Array.from({ length: rows }, (_, row) => {
    const label = values.subarray(row * classes, (row + 1) * classes).indexOf(1)
    if (label === -1) throw invalidFile(file.path, `row ${row} has no class`)
    return label
  })
}

/** The nodes of the test rows: different ones, all after those of `allx`. */
function testIndex(file: RawFile, known: CsrMatrix, tested: CsrMatrix): Int32Array {
  const lines = Buffer.from(file.bytes).toString('latin1').trimEnd().split('\n')
  const [least, count] = [known.rows, tested.rows]
  const index = Int32Array.from(lines, (line, at) => {
    const node = /^\d{1,7}$/.test(line) ? Number(line) : -1
    if (node >= least) return node
    throw invalidFile(file.path, `line ${at + 1}: ${line}, expected a node from ${least}`)
  })
  if (index.length === count && new Set(index).size === count) return index
  throw invalidFile(file.path, `${new Set(index).size} different nodes, expected ${count}`)
}

function* pairs(file: RawFile, nodes: number): Iterable<readonly [number, number]> {
  for (const [node, neighbours] of readPickledAdjacency(file)) {
    for (const neighbour of neighbours) {
      const end = Math.max(node, neighbour)
      if (Math.min(node, neighbour) < 0 || end >= nodes) {
        throw invalidFile(file.path, `edge to node ${end}, expected 0 to ${nodes - 1}`)
      }
      yield [node, neighbour]
    }
  }
}

function range(from: number, to: number): Int32Array {
  return Int32Array.from({ length: to - from }, (_, i) => from + i)
}
