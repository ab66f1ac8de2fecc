import { sparseMatMul } from '../../src/engine/sparse.ts'
import { tf } from '../../src/engine/tf.ts'
import type { Affine } from '../affine.ts'
import type { ParameterSpec } from '../network.ts'
import { glorot } from './glorot.ts'
import type { NodeGraph } from './node-graph.ts'

/** What enters a layer, as a matrix with a row for every node. */
export interface NodeRows {
  /** Number of columns. */
  readonly width: number
  /** Whether all of it is at hand, `[copies · nodes, width]`. */
  readonly full: boolean
  /** `X W`, `[copies · nodes, outputs]` */
  times(x: tf.Tensor, weight: tf.Tensor): tf.Tensor
  /** `Xᵀ δ`, summed over the copies, `[width, outputs]` */
  transposedTimes(x: tf.Tensor, delta: tf.Tensor): tf.Tensor
}

/** The graph's features, of which the values `[entries]` enter; one copy. */
export function featureRows({ features }: NodeGraph): NodeRows {
  return {
    width: features.columns,
    full: false,
    times: (values, weight) => sparseMatMul(features, values as tf.Tensor1D, weight),
    transposedTimes: (values, delta) => sparseMatMul(features, values as tf.Tensor1D, delta, true),
  }
}

/** A matrix in full, `[copies · nodes, width]`. */
export function fullRows(width: number): NodeRows {
  return {
    width,
    full: true,
    times: (x, weight) => tf.matMul(x, weight),
    transposedTimes: (x, delta) => tf.matMul(x, delta, true),
  }
}

/** Dense layer over the nodes, `v = X W + b`; its gradients are `Xᵀ δ` and `Σ δ`. */
export function nodeDense(name: string, rows: NodeRows, outputs: number): Affine {
  const { weight, bias, parameters } = weightAndBias(name, rows.width, outputs)
  return {
    kind: 'dense',
    shape: [outputs],
    parameters,
    apply: (values, x) => tf.add(rows.times(x, values[weight]!), values[bias]!),
    localGradient: (x, delta) => ({
      [weight]: rows.transposedTimes(x, delta),
      [bias]: tf.sum(delta, 0),
    }),
  }
}

/**
 * Graph convolution `v = Â X W + b`; its gradients are `(Â X)ᵀ δ` and `Σ δ`. Of the two orders of
 * its products it takes the one that spreads the narrower matrix over the edges; of features in
 * sparse form, the products.
 *
 * @param name prefix of the parameters' names
 * @see Kipf and Welling, "Semi-supervised classification with graph convolutional networks", 2017
 */
export function graphConvolution(
  name: string,
  graph: NodeGraph,
  rows: NodeRows,
  outputs: number,
): Affine {
  const { weight, bias, parameters } = weightAndBias(name, rows.width, outputs)
  const narrows = !rows.full || outputs <= rows.width
  return {
    kind: 'graph-convolution',
    shape: [outputs],
    parameters,
    apply: (values, x) => {
      const product = narrows
        ? graph.spread(rows.times(x, values[weight]!))
        : rows.times(graph.spread(x), values[weight]!)
      return tf.add(product, values[bias]!)
    },
    localGradient: (x, delta) => ({
      [weight]: narrows
        ? rows.transposedTimes(x, graph.spread(delta))
        : rows.transposedTimes(graph.spread(x), delta),
      [bias]: tf.sum(delta, 0),
    }),
  }
}

function weightAndBias(name: string, inputs: number, outputs: number) {
  const weight = `${name}/weight`
  const bias = `${name}/bias`
  const parameters: ParameterSpec[] = [
    { name: weight, shape: [inputs, outputs], fanIn: inputs, initial: glorot(inputs, outputs) },
    { name: bias, shape: [outputs], fanIn: 0 },
  ]
  return { weight, bias, parameters }
}
