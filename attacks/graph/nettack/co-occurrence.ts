import type { Graph } from '../graph.ts'

/** Which features a node may be given without standing out. */
export interface CoOccurrence {
  /**
   * Whether a feature fits those the node has: of a random walk that starts at one of the node's
   * features and goes to one that occurs together with it, the probability of ending there is more
   * than half of the largest possible.
   *
   *     Σ_{i ∈ S, i ~ j} 1 / dᵢ  >  ½ Σ_{i ∈ S} 1 / dᵢ
   */
  allows(node: number, feature: number): boolean
}

/**
 * The graph of features that occur together in some node.
 *
 * @see Zügner et al., "Adversarial attacks on neural networks for graph data", 2018, equation 10
 */
export function coOccurrence({ nodes, features }: Graph): CoOccurrence {
  const { indptr, indices, count } = features
  const together = new Uint8Array(count * count)
  const rowOf = (node: number) => indices.subarray(indptr[node]!, indptr[node + 1]!)
  for (let node = 0; node < nodes; node++) {
    const row = rowOf(node)
    for (const i of row) for (const j of row) if (i !== j) together[i * count + j] = 1
  }
  const inverseDegrees = Float64Array.from({ length: count }, (_, i) => {
    const degree = together.subarray(i * count, (i + 1) * count).reduce((sum, one) => sum + one, 0)
    return degree === 0 ? 0 : 1 / degree
  })
  return {
    allows(node, feature) {
      let reached = 0
      let largest = 0
      for (const i of rowOf(node)) {
        largest += inverseDegrees[i]!
        if (together[i * count + feature] === 1) reached += inverseDegrees[i]!
      }
      return reached > largest / 2
    },
  }
}
