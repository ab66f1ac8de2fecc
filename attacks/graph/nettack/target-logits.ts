import { degreesOf, type Graph, neighboursOf } from '../graph.ts'

/** A node's logits `(Â² X W)ᵤ` while the graph around it and its features change. */
export interface TargetLogits {
  /** Neighbours of every node as they are now. */
  readonly neighbours: readonly Set<number>[]
  /** Number of neighbours of every node as it is now. */
  readonly degrees: Int32Array
  /** Joins the target and another node, or parts them. */
  toggle(other: number): void
  /** Adds to the target's row of X W. */
  addToOwn(change: ArrayLike<number>): void
  /** The target's logits, `[classes]`. */
  logits(): Float64Array
  /** `(Â²)ᵤᵤ`: what the target's own row of X W counts for. */
  ownShare(): number
}

/** @param products `X W`, `[nodes · classes]` */
export function targetLogits(
  graph: Graph,
  target: number,
  products: ArrayLike<number>,
): TargetLogits {
  const neighbours = neighboursOf(graph)
  const degrees = degreesOf(graph)
  const rows = Float64Array.from(products)
  const classes = rows.length / graph.nodes
  const add = (sums: Float64Array, node: number, share: number) => {
    for (let c = 0; c < classes; c++) sums[c]! += share * rows[node * classes + c]!
  }
  /** Adds a node's part of the sum: what it passes on, with itself among its neighbours. */
  const pass = (sums: Float64Array, through: number) => {
    const share = 1 / (degrees[through]! + 1)
    const scaled = (node: number) => share / Math.sqrt(degrees[node]! + 1)
    add(sums, through, scaled(through))
    for (const node of neighbours[through]!) add(sums, node, scaled(node))
  }
  return {
    neighbours,
    degrees,
    toggle(other) {
      const joined = !neighbours[target]!.has(other)
      for (const [a, b] of [
        [target, other],
        [other, target],
      ] as const) {
        if (joined) neighbours[a]!.add(b)
        else neighbours[a]!.delete(b)
        degrees[a]! += joined ? 1 : -1
      }
    },
    addToOwn(change) {
      for (let c = 0; c < classes; c++) rows[target * classes + c]! += change[c]!
    },
    logits() {
      const sums = new Float64Array(classes)
      pass(sums, target)
      for (const node of neighbours[target]!) pass(sums, node)
      const scale = 1 / Math.sqrt(degrees[target]! + 1)
      return sums.map(sum => sum * scale)
    },
    ownShare() {
      const own = degrees[target]! + 1
      let sum = 1 / (own * own)
      for (const node of neighbours[target]!) sum += 1 / (own * (degrees[node]! + 1))
      return sum
    },
  }
}
