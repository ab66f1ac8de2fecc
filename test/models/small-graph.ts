import { architectureSchema, buildNetwork } from '../../models/architecture.ts'
import type { GraphInput } from '../../models/input.ts'
import type { Network } from '../../models/network.ts'
import { tf } from '../../src/engine/tf.ts'
import type { Batch } from '../../src/training/estimators/estimator.ts'
import { normalTensor, uniformTensor } from '../with-engine.ts'

/** Nine nodes: a path of seven with a chord, one more at its second node, and one alone. */
export const smallGraph: GraphInput = {
  kind: 'graph',
  nodes: 9,
  edges: Int32Array.of(0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 1, 7, 2, 4),
  // Five features; the sixth node has none.
  features: {
    indptr: Int32Array.of(0, 2, 3, 6, 8, 9, 9, 11, 14, 15),
    indices: Int32Array.of(0, 3, 1, 0, 2, 4, 1, 3, 2, 0, 4, 1, 2, 3, 4),
    count: 5,
  },
  classes: 3,
}

/** The node that has no neighbours. */
export const alone = 8

/** Nodes that are for training. */
const trained = [0, 3, 6, 8]

/** The architecture's network of the small graph. */
export function smallNetwork(architecture: object): Network {
  return buildNetwork(architectureSchema.parse(architecture), smallGraph)
}

/** Values of the features' entries; they belong to the caller. */
export function smallValues(): tf.Tensor {
  return uniformTensor([smallGraph.features.indices.length], 'values')
}

/** Random parameters, no bias zero; they belong to the caller. */
export function smallParameters(network: Network): Record<string, tf.Tensor> {
  return Object.fromEntries(
    network.parameters.map(({ name, shape }) => {
      const normals = normalTensor([...shape], name)
      const values = tf.mul(normals, 0.7)
      normals.dispose()
      return [name, values]
    }),
  )
}

/** The whole graph with four training nodes, as a batch that belongs to the caller. */
export function smallBatch(): Batch {
  const { nodes, classes } = smallGraph
  const weights = new Float32Array(nodes)
  for (const node of trained) weights[node] = 1 / trained.length
  const labels = new Float32Array(nodes * classes)
  for (let node = 0; node < nodes; node++) labels[node * classes + ((node * 2) % classes)] = 1
  return {
    x: smallValues(),
    labels: tf.tensor2d(labels, [nodes, classes]),
    weights: tf.tensor1d(weights),
  }
}
