import type { GraphDataset } from '../../../src/data/dataset.ts'
import { generator } from '../../../src/random/generator.ts'

/** A dense matrix by rows. */
interface Matrix {
  readonly rows: number
  readonly columns: number
  readonly values: Float64Array
}

const hidden = 16
const epochs = 200
const rate = 0.01
const decay = 5e-4

/** What the network is given: both, or the words or edges alone. */
export type Evidence = 'both' | 'features' | 'edges'

/**
 * Test accuracy of the two-layer network softmax(Â relu(Â X W₀) W₁) after 200 full-batch steps of Adam.
 *
 * Features alone means Â = I, a perceptron; edges alone means X = I.
 *
 * @see Kipf and Welling, arXiv 1609.02907
 */
export function gcnAccuracy(graph: GraphDataset, evidence: Evidence): number {
  const spread = evidence === 'features' ? (x: Matrix) => x : propagation(graph)
  const input = spread(evidence === 'edges' ? identity(graph.nodes) : dense(graph))
  const random = generator(0, 'gcn')
  const first = adam(input.columns, hidden, random.normal)
  const second = adam(hidden, graph.classes.length, random.normal)
  for (let epoch = 1; epoch <= epochs; epoch++) {
    const active = map(product(input, first.weights), x => Math.max(0, x))
    const spreadActive = spread(active)
    const error = lossGradient(product(spreadActive, second.weights), graph)
    const back = spread(product(error, transposed(second.weights)))
    const backActive = map(back, (x, i) => (active.values[i]! > 0 ? x : 0))
    second.step(product(transposed(spreadActive), error), epoch)
    first.step(product(transposed(input), backActive), epoch)
  }
  const active = map(product(input, first.weights), x => Math.max(0, x))
  const logits = product(spread(active), second.weights)
  const right = graph.test.filter(node => {
    const row = logits.values.subarray(node * logits.columns, (node + 1) * logits.columns)
    return row.indexOf(Math.max(...row)) === graph.labels[node]
  })
  return right.length / graph.test.length
}

/** Multiplication by D^(−1/2) (A + I) D^(−1/2). */
function propagation({ nodes, edges }: GraphDataset): (x: Matrix) => Matrix {
  const degree = new Float64Array(nodes).fill(1)
  for (const end of edges) degree[end]!++
  return x => {
    const out = new Float64Array(x.values.length)
    const add = (to: number, from: number) => {
      const weight = 1 / Math.sqrt(degree[to]! * degree[from]!)
      for (let c = 0; c < x.columns; c++) {
        out[to * x.columns + c]! += weight * x.values[from * x.columns + c]!
      }
    }
    for (let node = 0; node < nodes; node++) add(node, node)
    for (let i = 0; i < edges.length; i += 2) {
      add(edges[i]!, edges[i + 1]!)
      add(edges[i + 1]!, edges[i]!)
    }
    return { ...x, values: out }
  }
}

function lossGradient(logits: Matrix, { train, labels }: GraphDataset): Matrix {
  const values = new Float64Array(logits.values.length)
  for (const node of train) {
    const from = node * logits.columns
    const shares = logits.values.slice(from, from + logits.columns).map(Math.exp)
    const total = shares.reduce((sum, share) => sum + share)
    for (const [c, share] of shares.entries()) {
      values[from + c] = (share / total - (labels[node] === c ? 1 : 0)) / train.length
    }
  }
  return { ...logits, values }
}

function adam(rows: number, columns: number, normal: () => number) {
  const deviation = Math.sqrt(2 / (rows + columns))
  const values = Float64Array.from({ length: rows * columns }, () => deviation * normal())
  const mean = new Float64Array(values.length)
  const square = new Float64Array(values.length)
  const step = (gradient: Matrix, time: number) => {
    for (let i = 0; i < values.length; i++) {
      const g = gradient.values[i]! + decay * values[i]!
      mean[i] = 0.9 * mean[i]! + 0.1 * g
      square[i] = 0.999 * square[i]! + 0.001 * g * g
      const scale = Math.sqrt(square[i]! / (1 - 0.999 ** time)) + 1e-8
      values[i]! -= (rate * mean[i]!) / (1 - 0.9 ** time) / scale
    }
  }
  return { weights: { rows, columns, values }, step }
}

function product(a: Matrix, b: Matrix): Matrix {
  const values = new Float64Array(a.rows * b.columns)
  for (let i = 0; i < a.rows; i++) {
    for (let k = 0; k < a.columns; k++) {
      const x = a.values[i * a.columns + k]!
      if (x === 0) continue
      for (let j = 0; j < b.columns; j++) {
        values[i * b.columns + j]! += x * b.values[k * b.columns + j]!
      }
    }
  }
  return { rows: a.rows, columns: b.columns, values }
}

function transposed({ rows, columns, values }: Matrix): Matrix {
  const turned = values.map((_, i) => values[(i % rows) * columns + Math.floor(i / rows)]!)
  return { rows: columns, columns: rows, values: turned }
}

function map(matrix: Matrix, change: (value: number, i: number) => number): Matrix {
  return { ...matrix, values: matrix.values.map(change) }
}

function dense({ nodes, features }: GraphDataset): Matrix {
  const values = new Float64Array(nodes * features.count)
  for (let node = 0; node < nodes; node++) {
    for (let at = features.indptr[node]!; at < features.indptr[node + 1]!; at++) {
      values[node * features.count + features.indices[at]!] = features.values[at]!
    }
  }
  return { rows: nodes, columns: features.count, values }
}

function identity(size: number): Matrix {
  const values = new Float64Array(size * size)
  for (let i = 0; i < size; i++) values[i * size + i] = 1
  return { rows: size, columns: size, values }
}
