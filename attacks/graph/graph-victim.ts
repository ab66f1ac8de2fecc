import type { Parameters } from '../../models/network.ts'
import type { SparseRows } from '../../src/data/dataset.ts'
import type { tf } from '../../src/engine/tf.ts'
import type { Graph } from './graph.ts'

/** What a node classifier can offer beyond its logits. */
export type GraphCapability = 'relaxed'

/** A graph of which a part is a tensor, so that one can differentiate by it. */
export interface RelaxedGraph {
  readonly nodes: number
  /** `[edges, 2]`, or a weight in [0, 1] for every pair: `[nodes, nodes]`, zero on the diagonal. */
  readonly structure: Int32Array | tf.Tensor2D
  /** Entries, or all of the features: `[nodes, features]`. */
  readonly features: SparseRows | tf.Tensor2D
}

/** A classifier with its own way to weights and logits on any relaxed graph. */
export interface RelaxedClassifier {
  readonly parameters: Parameters
  /**
   * Class scores `[nodes, classes]`, differentiable by the graph's tensors and by the parameters.
   * Weights for all pairs take memory and time that grow with the square of the nodes.
   */
  logits(parameters: Parameters, graph: RelaxedGraph): tf.Tensor2D
}

/** All that an attack knows of a node classifier. Features are as in the data, not yet scaled. */
export interface GraphVictim {
  readonly classes: number
  readonly capabilities: readonly GraphCapability[]
  /** Class scores `[nodes, classes]` of a graph; belong to the caller. */
  logits(graph: Graph): tf.Tensor2D
  readonly relaxed?: RelaxedClassifier
}
