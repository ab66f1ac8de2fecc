import { tf } from '../../src/engine/tf.ts'

/** Who is whose neighbour, and what the layers of a network do along the edges. */
export interface Structure {
  /**
   * The product Â X of every copy, with Â the normalised adjacency of the graph with loops, which
   * is its own transpose.
   *
   * @param x `[copies · nodes, width]`
   */
  spread(x: tf.Tensor): tf.Tensor
  /**
   * Every node's mean of its neighbours' values and its own, weighted by attention; shapes as for
   * `graphAttention`.
   */
  attend(receiver: tf.Tensor, sender: tf.Tensor, values: tf.Tensor, slope: number): tf.Tensor
  /**
   * For every node the sum of the losses of the nodes that are at most `hops` steps away.
   *
   * @param losses `[copies, nodes]`
   */
  lossesWithin(hops: number, losses: tf.Tensor2D): tf.Tensor2D
}

/**
 * A graph with a weight for every pair of nodes, so that all it does can be differentiated by the
 * weights; of weights 0 and 1 it is the same as the graph of those edges. Dense: memory and time
 * grow with the square of the nodes.
 *
 *     Â = D^−½ (A + I) D^−½             D: row sums of A + I
 *     aᵢⱼ ∝ (A + I)ᵢⱼ exp eᵢⱼ           attention
 *
 * @param adjacency `[nodes, nodes]`, in [0, 1], zero on the diagonal; must outlive the result
 */
export function weightedStructure(adjacency: tf.Tensor2D): Structure {
  const [nodes] = adjacency.shape
  return {
    spread: x =>
      tf.tidy(() => {
        const scale = tf.div(1, tf.sqrt(tf.add(tf.sum(adjacency, 1, true), 1)))
        const width = x.shape[1]!
        // The copies side by side, so that one matrix product serves all.
        const blocks = tf.transpose(tf.reshape(x, [-1, nodes, width]), [1, 0, 2])
        const scaled = tf.mul(tf.reshape(blocks, [nodes, -1]), scale) as tf.Tensor2D
        const sums = tf.add(tf.matMul(adjacency, scaled), scaled)
        const spread = tf.reshape(tf.mul(sums, scale), [nodes, -1, width])
        return tf.reshape(tf.transpose(spread, [1, 0, 2]), x.shape)
      }),
    attend: (receiver, sender, values, slope) =>
      tf.tidy(() => {
        const withLoops = tf.add(adjacency, tf.eye(nodes)) as tf.Tensor2D
        return attention(withLoops, receiver, sender, values, slope)
      }),
    lossesWithin() {
      throw new RangeError('invalid graph: with weighted edges losses reach every node')
    },
  }
}

function attention(
  weights: tf.Tensor2D,
  receiver: tf.Tensor,
  sender: tf.Tensor,
  values: tf.Tensor,
  slope: number,
): tf.Tensor {
  const heads = [0, 2, 1]
  const scores = tf.leakyRelu(
    tf.add(
      tf.expandDims(tf.transpose(receiver, heads), 3),
      tf.expandDims(tf.transpose(sender, heads), 2),
    ),
    slope,
  )
  // Any shift of a row leaves the mean as it is; this one keeps the exponentials finite.
  const shifted = tf.exp(tf.sub(scores, tf.max(scores, 3, true)))
  const shares = tf.mul(shifted, weights)
  const mean = tf.div(
    tf.matMul(shares, tf.transpose(values, [0, 2, 1, 3])),
    tf.sum(shares, 3, true),
  )
  return tf.transpose(mean, [0, 2, 1, 3])
}
