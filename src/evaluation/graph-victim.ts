import type { Graph } from '../../attacks/graph/graph.ts'
import type { GraphVictim, RelaxedGraph } from '../../attacks/graph/graph-victim.ts'
import { type Architecture, buildNetwork } from '../../models/architecture.ts'
import type { GraphInput } from '../../models/input.ts'
import type { Parameters } from '../../models/network.ts'
import type { SparseRows } from '../data/dataset.ts'
import { rowsSummingToOne } from '../data/graph/sparse-rows.ts'
import { tf } from '../engine/tf.ts'

/**
 * A trained node classifier as an attack sees it. Every graph gets a network of its own with the
 * same weights: the weights do not know the graph. Rows of features are scaled to sum to one, as
 * in training, and that scaling is part of what is differentiated.
 *
 * @param parameters of the architecture's network for any graph with these classes and features
 */
export function graphVictim(
  architecture: Architecture,
  classes: number,
  parameters: Parameters,
): GraphVictim {
  const relaxedLogits = (values: Parameters, graph: RelaxedGraph) => {
    const { pattern, x } = featuresOf(graph)
    const structure =
      graph.structure instanceof tf.Tensor
        ? { edges: new Int32Array(0), adjacency: graph.structure }
        : { edges: graph.structure }
    const input: GraphInput = {
      kind: 'graph',
      nodes: graph.nodes,
      ...structure,
      features: pattern,
      classes,
    }
    return buildNetwork(architecture, input).logits(values, x)
  }
  return {
    classes,
    capabilities: ['relaxed'],
    logits: ({ nodes, edges, features }: Graph) =>
      tf.tidy(() => relaxedLogits(parameters, { nodes, structure: edges, features })),
    relaxed: { parameters, logits: relaxedLogits },
  }
}

/** Where the features have entries, and what enters the network: their scaled values. */
function featuresOf({ nodes, features }: RelaxedGraph): {
  readonly pattern: GraphInput['features']
  readonly x: tf.Tensor1D
} {
  if (!(features instanceof tf.Tensor)) {
    return { pattern: features, x: tf.tensor1d(rowsSummingToOne(features)) }
  }
  const sums = tf.sum(features, 1, true)
  return {
    pattern: fullRows(nodes, features.shape[1]),
    x: tf.reshape(tf.div(features, tf.add(sums, isZero(sums))), [-1]) as tf.Tensor1D,
  }
}

/** 1 where a value is zero, else 0; it is differentiated as a constant. */
const isZero = tf.customGrad(x => ({
  value: tf.cast(tf.equal(x as tf.Tensor, 0), 'float32'),
  gradFunc: (dy: tf.Tensor) => tf.zerosLike(dy),
}))

/** A pattern with an entry everywhere. */
function fullRows(nodes: number, count: number): Omit<SparseRows, 'values'> {
  return {
    indptr: Int32Array.from({ length: nodes + 1 }, (_, node) => node * count),
    indices: Int32Array.from({ length: nodes * count }, (_, at) => at % count),
    count,
  }
}
