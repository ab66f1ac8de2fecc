import { tf } from '../../src/engine/tf.ts'
import type { Affine } from '../affine.ts'
import { glorot } from './glorot.ts'

/**
 * Scores of attention: for every head the products of a node's values with two vectors, for the
 * node as receiver and as sender.
 *
 *     v_ph = Σ_j z_hj a_phj         p: receiver, sender
 *     ∂J/∂a_phj = Σ z_hj δ_ph       over the nodes
 *
 * What enters is z, `[copies · nodes, heads · width]`; the scores are `[copies · nodes, 2, heads]`.
 * The parameter is `[2, heads · width]`.
 *
 * @see Veličković et al., "Graph attention networks", 2018
 */
export function attentionScores(name: string, heads: number, width: number): Affine {
  const weight = `${name}/weight`
  const size = heads * width
  const ones = Float32Array.from({ length: size * heads }, (_, at) =>
    Math.floor(at / heads / width) === at % heads ? 1 : 0,
  )
  /** 1 where a component belongs to a head, `[heads · width, 1, heads]`. */
  const membership = () => tf.tensor3d(ones, [size, 1, heads])
  return {
    kind: 'attention',
    shape: [2, heads],
    parameters: [{ name: weight, shape: [2, size], fanIn: width, initial: glorot(width, 1) }],
    apply: (parameters, z) =>
      tf.tidy(() => {
        const vectors = tf.expandDims(tf.transpose(parameters[weight]!), 2)
        const blocks = tf.reshape(tf.mul(vectors, membership()), [size, 2 * heads])
        return tf.reshape(tf.matMul(z as tf.Tensor2D, blocks as tf.Tensor2D), [-1, 2, heads])
      }),
    localGradient: (z, delta) =>
      tf.tidy(() => {
        const rows = tf.reshape(delta, [-1, 2 * heads])
        const blocks = tf.reshape(tf.matMul(z, rows, true), [size, 2, heads])
        return { [weight]: tf.transpose(tf.sum(tf.mul(blocks, membership()), 2)) }
      }),
  }
}
