import type { GraphInput } from '../../models/input.ts'

type Matrix = readonly (readonly number[])[]

/** Parameters and the features' values as plain numbers, row-major. */
export type Numbers = Readonly<Record<string, readonly number[]>>

/** Logits `[nodes][classes]` in double precision, by loops over full matrices. */
export type Reference = (numbers: Numbers) => Matrix

const shapes = {
  relu: (v: number) => Math.max(0, v),
  elu: (v: number) => (v > 0 ? v : Math.expm1(v)),
  tanh: Math.tanh,
}

const times = (a: Matrix, b: Matrix): Matrix =>
  a.map(row => b[0]!.map((_, j) => row.reduce((sum, x, k) => sum + x * b[k]![j]!, 0)))
const plus = (a: Matrix, b: readonly number[]): Matrix => a.map(row => row.map((x, j) => x + b[j]!))
const mapped = (a: Matrix, f: (x: number) => number): Matrix => a.map(row => row.map(f))
/** A list as rows of this length. */
const rowsOf = (list: readonly number[], length: number): Matrix =>
  Array.from({ length: list.length / length }, (_, row) =>
    list.slice(row * length, (row + 1) * length),
  )

/** 1 between neighbours and on the diagonal. */
function adjacency({ nodes, edges }: GraphInput): number[][] {
  const a = Array.from({ length: nodes }, (_, i) =>
    Array.from({ length: nodes }, (__, j) => (i === j ? 1 : 0)),
  )
  for (let at = 0; at < edges.length; at += 2) {
    a[edges[at]!]![edges[at + 1]!] = 1
    a[edges[at + 1]!]![edges[at]!] = 1
  }
  return a
}

function fullFeatures({ nodes, features }: GraphInput, { values = [] }: Numbers): Matrix {
  const { indptr, indices, count } = features
  const x = Array.from({ length: nodes }, () => new Array<number>(count).fill(0))
  for (let row = 0; row < nodes; row++) {
    for (let at = indptr[row]!; at < indptr[row + 1]!; at++) {
      x[row]![indices[at]!] = values[at]!
    }
  }
  return x
}

const layer = (numbers: Numbers, name: string, h: Matrix) => {
  const bias = numbers[`${name}/bias`]!
  return plus(times(h, rowsOf(numbers[`${name}/weight`]!, bias.length)), bias)
}

/** `D^−½ (A + I) D^−½ H W + b`, with an activation in between. */
export function gcnReference(
  graph: GraphInput,
  layers: number,
  activation: keyof typeof shapes,
): Reference {
  const a = adjacency(graph)
  const degrees = a.map(row => row.reduce((sum, x) => sum + x, 0))
  const spread = a.map((row, i) => row.map((x, j) => x / Math.sqrt(degrees[i]! * degrees[j]!)))
  return numbers => {
    let h: Matrix = fullFeatures(graph, numbers)
    for (let at = 1; at <= layers; at++) {
      const v = layer(numbers, `convolution${at}`, times(spread, h))
      h = at < layers ? mapped(v, shapes[activation]) : v
    }
    return h
  }
}

/** Two layers of attention: heads side by side, then their mean. */
export function gatReference(
  graph: GraphInput,
  options: { readonly hidden: number; readonly heads: number; readonly outputHeads: number },
  activation: keyof typeof shapes,
): Reference {
  const { hidden, heads, outputHeads } = options
  const a = adjacency(graph)
  /** Sums of every head, `[heads][nodes][width]`. */
  const attend = (z: Matrix, vectors: Matrix, count: number, width: number) =>
    Array.from({ length: count }, (_, head) => {
      const own = z.map(row => row.slice(head * width, (head + 1) * width))
      const [receiver, sender] = vectors.map(vector =>
        own.map(row => row.reduce((sum, x, j) => sum + x * vector[head * width + j]!, 0)),
      ) as [number[], number[]]
      return own.map((_row, i) => {
        const scores = own.map((__, j) => {
          const sum = receiver[i]! + sender[j]!
          return a[i]![j] === 1 ? Math.exp(sum > 0 ? sum : 0.2 * sum) : 0
        })
        const total = scores.reduce((sum, x) => sum + x, 0)
        return times([scores.map(x => x / total)], own)[0]!
      })
    })
  return numbers => {
    const vectors = (at: number, width: number) => rowsOf(numbers[`attention${at}/weight`]!, width)
    const first = attend(
      layer(numbers, 'transform1', fullFeatures(graph, numbers)),
      vectors(1, heads * hidden),
      heads,
      hidden,
    )
    const h = a.map((_, i) => first.flatMap(head => head[i]!.map(shapes[activation])))
    const second = attend(
      layer(numbers, 'transform2', h),
      vectors(2, outputHeads * graph.classes),
      outputHeads,
      graph.classes,
    )
    return a.map((_, i) =>
      Array.from(
        { length: graph.classes },
        (__, c) => second.reduce((sum, head) => sum + head[i]![c]!, 0) / outputHeads,
      ),
    )
  }
}
