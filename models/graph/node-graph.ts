import {
  normalisedAdjacency,
  reach,
  type SparsePattern,
  sparseMatMul,
} from '../../src/engine/sparse.ts'
import { tf } from '../../src/engine/tf.ts'
import type { GraphInput } from '../input.ts'

/** A graph as its network sees it; it holds no tensors. */
export interface NodeGraph {
  readonly nodes: number
  /** Where the features have entries, `[nodes, features]`. */
  readonly features: SparsePattern
  /** Every node's neighbours and the node itself, `[nodes, nodes]`. */
  readonly neighbours: SparsePattern
  /**
   * The product Â X of every copy, with Â the normalised adjacency of the graph with loops, which
   * is its own transpose.
   *
   * @param x `[copies · nodes, width]`
   */
  spread(x: tf.Tensor): tf.Tensor
  /**
   * For every node the sum of the losses of the nodes that are at most `hops` steps away.
   *
   * @param losses `[copies, nodes]`
   */
  lossesWithin(hops: number, losses: tf.Tensor2D): tf.Tensor2D
}

/** @throws RangeError for features or edges that are none of this graph */
export function nodeGraph({ nodes, edges, features }: GraphInput): NodeGraph {
  const { pattern: neighbours, values } = normalisedAdjacency(nodes, edges)
  const reached = new Map<number, SparsePattern>()
  const within = (hops: number) => {
    const pattern = reached.get(hops) ?? reach(neighbours, hops)
    reached.set(hops, pattern)
    return pattern
  }
  return {
    nodes,
    neighbours,
    features: {
      rows: nodes,
      columns: features.count,
      indptr: features.indptr,
      indices: features.indices,
    },
    spread: x =>
      tf.tidy(() => {
        const copies = tf.reshape(x, [-1, nodes, x.shape[1]!])
        return tf.reshape(sparseMatMul(neighbours, tf.tensor1d(values), copies), x.shape)
      }),
    lossesWithin: (hops, losses) =>
      tf.tidy(() => {
        if (hops === 0) return tf.clone(losses)
        const pattern = within(hops)
        const ones = tf.ones([pattern.indices.length]) as tf.Tensor1D
        const sums = sparseMatMul(pattern, ones, tf.transpose(losses))
        return tf.transpose(sums) as tf.Tensor2D
      }),
  }
}
