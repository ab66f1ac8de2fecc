import { graphAttention } from '../../src/engine/graph-attention.ts'
import {
  normalisedAdjacency,
  reach,
  type SparsePattern,
  sparseMatMul,
} from '../../src/engine/sparse.ts'
import { tf } from '../../src/engine/tf.ts'
import type { GraphInput } from '../input.ts'
import { type Structure, weightedStructure } from './weighted-structure.ts'

/** A graph as its network sees it; it makes no tensors that outlive a call. */
export interface NodeGraph extends Structure {
  readonly nodes: number
  /** Where the features have entries, `[nodes, features]`. */
  readonly features: SparsePattern
}

/** @throws RangeError for features or edges that are none of this graph */
export function nodeGraph({ nodes, edges, adjacency, features }: GraphInput): NodeGraph {
  return {
    ...(adjacency ? weightedStructure(adjacency) : sparseStructure(nodes, edges)),
    nodes,
    features: {
      rows: nodes,
      columns: features.count,
      indptr: features.indptr,
      indices: features.indices,
    },
  }
}

function sparseStructure(nodes: number, edges: Int32Array): Structure {
  const { pattern: neighbours, values } = normalisedAdjacency(nodes, edges)
  const reached = new Map<number, SparsePattern>()
  const within = (hops: number) => {
    const pattern = reached.get(hops) ?? reach(neighbours, hops)
    reached.set(hops, pattern)
    return pattern
  }
  return {
    spread: x =>
      tf.tidy(() => {
        const copies = tf.reshape(x, [-1, nodes, x.shape[1]!])
        return tf.reshape(sparseMatMul(neighbours, tf.tensor1d(values), copies), x.shape)
      }),
    attend: (receiver, sender, values, slope) =>
      graphAttention(neighbours, receiver, sender, values, slope),
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
