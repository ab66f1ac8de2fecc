import { tf } from '../../src/engine/tf.ts'

/** Names of what an attack on nodes can raise. */
export const nodeLossNames = ['cross-entropy', 'margin'] as const

export type NodeLossName = (typeof nodeLossNames)[number]

/** What an attack raises: one number, of the logits `[nodes, classes]`. */
export type NodeLoss = (logits: tf.Tensor2D) => tf.Scalar

/** Beyond every logit. */
const huge = 1e30

/**
 * The loss of some nodes, averaged or summed as in the attacks whose step lengths belong to it.
 *
 *     1/n Σ (log Σ exp z − z_y)            cross-entropy
 *     Σ −max(z_y − max_{i≠y} z_i, 0)       margin: nothing is gained by a node already lost
 *
 * @param nodes those that count; without a label (−1) they do not
 * @param labels class of every node, `[nodes]`
 * @see Xu et al., "Topology attack and defense for graph neural networks", 2019
 */
export function nodeLoss(name: NodeLossName, nodes: Int32Array, labels: Int32Array): NodeLoss {
  const counted = nodes.filter(node => labels[node]! >= 0)
  const total = Math.max(counted.length, 1)
  return logits => {
    const classes = logits.shape[1]
    const ones = new Float32Array(logits.size)
    const counts = new Float32Array(logits.shape[0])
    for (const node of counted) {
      ones[node * classes + labels[node]!] = 1
      counts[node] = 1
    }
    const own = tf.tensor2d(ones, logits.shape)
    if (name === 'cross-entropy') {
      return tf.neg(tf.div(tf.sum(tf.mul(tf.logSoftmax(logits), own)), total)) as tf.Scalar
    }
    const best = tf.max(tf.sub(logits, tf.mul(own, huge)), 1)
    const margins = tf.relu(tf.sub(tf.sum(tf.mul(logits, own), 1), best))
    return tf.neg(tf.sum(tf.mul(margins, tf.tensor1d(counts)))) as tf.Scalar
  }
}
