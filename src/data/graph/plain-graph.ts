import type { RawFile } from '../raw-file.ts'
import { decodeUtf8, invalidLine, linesOf } from '../text/lines.ts'
import { undirectedEdges } from './edges.ts'
import type { GraphContent } from './graph-content.ts'
import { type SparseRow, sparseRows } from './sparse-rows.ts'

const splits = ['train', 'val', 'test', 'none']

interface NodeLine {
  readonly label: number
  readonly split: string
  readonly features: SparseRow
}

/**
 * Reads a graph from two tables with tabs between the columns, after a line that begins with `#`:
 *
 * nodes as `node, label (−1 for none), split (train, val, test, none), columns of the ones`, in order;
 * edges as `u, v`.
 *
 * @param nodeFile unpacked; its first line names the number of feature columns
 * @param edgeFile unpacked
 * @throws WorkError naming file and line of the first that is damaged, or whose features are not
 *   available (`?`)
 */
export function readPlainGraph(
  nodeFile: RawFile,
  edgeFile: RawFile,
  classes: number,
): GraphContent {
  const [heading = '', ...lines] = linesOf(decodeUtf8(nodeFile))
  const columns = Number(heading.match(/^#.*\((\d+) columns\b/)?.[1] ?? Number.NaN)
  if (!(columns >= 1)) throw invalidLine(nodeFile.path, 1, 'no number of feature columns')
  const nodes = lines.map((line, node) => {
    const fail = (fault: string) => invalidLine(nodeFile.path, node + 2, fault)
    return readNode(line, node, { columns, classes }, fail)
  })
  const ofSplit = (split: string) =>
    Int32Array.from(nodes.flatMap((node, i) => (node.split === split ? [i] : [])))
  return {
    nodes: nodes.length,
    edges: undirectedEdges(nodes.length, readPairs(edgeFile, nodes.length)),
    features: sparseRows(
      nodes.map(node => node.features),
      columns,
    ),
    labels: Int32Array.from(nodes, node => node.label),
    train: ofSplit('train'),
    validation: ofSplit('val'),
    test: ofSplit('test'),
  }
}

function readNode(
  line: string,
  node: number,
  { columns, classes }: { readonly columns: number; readonly classes: number },
  fail: (fault: string) => Error,
): NodeLine {
  const fields = line.split('\t')
  const [number, label = '', split = '', features = ''] = fields
  if (fields.length !== 4) throw fail(`${fields.length} columns, expected 4`)
  if (number !== `${node}`) throw fail(`node ${number}, expected ${node}`)
  if (!isWhole(label, -1, classes)) throw fail(`label ${label}, expected -1 to ${classes - 1}`)
  if (!splits.includes(split)) throw fail(`split ${split}, expected ${splits.join(', ')}`)
  if (features === '?') throw fail('the features are not available')
  const indices = features === '' ? [] : features.split(',')
  const stray = indices.find(index => !isWhole(index, 0, columns))
  if (stray !== undefined) throw fail(`feature ${stray}, expected 0 to ${columns - 1}`)
  const ones = { indices: indices.map(Number), values: indices.map(() => 1) }
  return { label: Number(label), split, features: ones }
}

function readPairs(file: RawFile, nodes: number): (readonly [number, number])[] {
  const [, ...lines] = linesOf(decodeUtf8(file))
  return lines.map((line, i) => {
    const [u = '', v = '', ...more] = line.split('\t')
    if (more.length === 0 && isWhole(u, 0, nodes) && isWhole(v, 0, nodes)) {
      return [Number(u), Number(v)]
    }
    throw invalidLine(file.path, i + 2, `expected two nodes from 0 to ${nodes - 1}`)
  })
}

/** Whether a text is a whole number from `least` to below `end`. */
function isWhole(text: string, least: number, end: number): boolean {
  return /^-?\d{1,9}$/.test(text) && Number(text) >= least && Number(text) < end
}
