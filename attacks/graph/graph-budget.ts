import { denseFeatures, edgeKeys, type Graph } from './graph.ts'

/** What an attack may change of a graph. */
export interface GraphBudget {
  /** Pairs of nodes that may be joined or parted; (u, v) and (v, u) are one. */
  readonly edges: number
  /** Entries of the features that may be another value. */
  readonly entries: number
  /** Pairs and entries together, where that is less than their sum. */
  readonly changes?: number
  /** Largest change of an entry; values stay in [0, 1]. Without it, entries may turn to 0 or 1. */
  readonly epsilon?: number
}

/** float32 rounding may leave a change this much larger than epsilon, relatively. */
const slack = 1e-6

/** `int(rate · |E|)`, with every undirected edge counted once. */
export function edgeBudget(rate: number, { edges }: Graph): GraphBudget {
  return { edges: Math.floor((rate * edges.length) / 2), entries: 0 }
}

/** Numbers of pairs and of entries in which two graphs differ. */
export function changesBetween(
  clean: Graph,
  attacked: Graph,
): { readonly edges: number; readonly entries: number } {
  const before = edgeKeys(clean)
  const after = edgeKeys(attacked)
  const kept = [...after].filter(key => before.has(key)).length
  return {
    edges: before.size + after.size - 2 * kept,
    entries: entryChanges(clean, attacked).length,
  }
}

/**
 * Makes sure that an attacked graph is symmetric, unweighted and loop-free (its edges: u < v,
 * sorted, each once), has the clean one's nodes and features, and is within the budget.
 *
 * @throws RangeError naming what is broken
 */
export function assertWithinBudget(clean: Graph, attacked: Graph, budget: GraphBudget): void {
  assertSimple(clean.nodes, attacked)
  if (attacked.features.count !== clean.features.count) {
    throw new RangeError(`invalid attack: ${attacked.features.count} columns of features`)
  }
  const { edges, entries } = changesBetween(clean, attacked)
  const changes = budget.changes ?? budget.edges + budget.entries
  if (edges > budget.edges || entries > budget.entries || edges + entries > changes) {
    throw new RangeError(
      `invalid attack: ${edges} edges and ${entries} features changed, beyond its budget`,
    )
  }
  for (const { from, to } of entryChanges(clean, attacked)) {
    const legal =
      budget.epsilon === undefined
        ? to === 0 || to === 1
        : to >= 0 && to <= 1 && Math.abs(to - from) <= budget.epsilon * (1 + slack)
    if (!legal) throw new RangeError(`invalid attack: a feature became ${to} instead of ${from}`)
  }
}

function assertSimple(nodes: number, { nodes: after, edges }: Graph): void {
  if (after !== nodes) throw new RangeError(`invalid attack: ${after} nodes instead of ${nodes}`)
  let last = -1
  for (let at = 0; at < edges.length; at += 2) {
    const [u, v] = [edges[at]!, edges[at + 1]!]
    const key = u * nodes + v
    if (!(u >= 0 && u < v && v < nodes && key > last)) {
      throw new RangeError(`invalid attack: edge ${u}–${v} is a loop, out of order or twice there`)
    }
    last = key
  }
}

function entryChanges(
  clean: Graph,
  attacked: Graph,
): { readonly from: number; readonly to: number }[] {
  if (clean.features === attacked.features) return []
  const before = denseFeatures(clean)
  const after = denseFeatures(attacked)
  const changes: { from: number; to: number }[] = []
  after.forEach((to, at) => {
    if (to !== before[at]) changes.push({ from: before[at]!, to })
  })
  return changes
}
