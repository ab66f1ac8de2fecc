import type { Parameters } from '../../models/network.ts'
import { tf } from '../../src/engine/tf.ts'
import type { Generator } from '../../src/random/generator.ts'
import { denseAdjacency, type Graph, type Pair, withFlippedPairs } from './graph.ts'
import type { PerturbedGraph } from './graph-attack.ts'
import type { RelaxedClassifier } from './graph-victim.ts'
import { largest } from './largest.ts'
import type { NodeLoss } from './node-loss.ts'
import { projectOntoBudget } from './topology-projection.ts'

/** Strengths `[nodes · nodes]` in [0, 1] with which pairs u < v are flipped; else zero. */
export type Strengths = Float32Array

export interface TopologySettings {
  readonly steps: number
  /** Of step t it is this over √(t + 1). */
  readonly learningRate: number
  /** Draws of a graph from the strengths. */
  readonly samples: number
}

interface Topology {
  readonly classifier: RelaxedClassifier
  readonly graph: Graph
  readonly objective: NodeLoss
  /** Pairs that may be flipped. */
  readonly budget: number
}

/** The relaxed graphs that are looked at, and the one that is drawn in the end. */
export function iterations({ steps }: Pick<TopologySettings, 'steps'>): number {
  return steps + 1
}

interface ClimbedTopology extends Topology {
  /** The objective at the iterates, which an observer may see. */
  readonly climbed: NodeLoss
}

/**
 * Gradient ascent on strengths with which pairs are flipped, `A' = A + (1 − 2A) ∘ S`, each step
 * projected onto the budget. Takes memory and time that grow with the square of the nodes.
 *
 * @param parametersAt weights to attack at a step, given the relaxed adjacency of that step
 */
export function climbTopology(
  topology: ClimbedTopology,
  { steps, learningRate }: TopologySettings,
  parametersAt: (adjacency: tf.Tensor2D) => Parameters,
): Strengths {
  const { graph, budget } = topology
  const { nodes } = graph
  const clean = denseAdjacency(graph)
  const strengths: Strengths = new Float32Array(nodes * nodes)
  for (let step = 0; step < steps && budget > 0; step++) {
    const adjacency = tf.tensor2d(relaxed(clean, strengths, nodes), [nodes, nodes])
    const gradient = adjacencyGradient(topology, parametersAt(adjacency), adjacency)
    adjacency.dispose()
    const rate = learningRate / Math.sqrt(step + 1)
    for (let u = 0; u < nodes; u++) {
      for (let v = u + 1; v < nodes; v++) {
        const at = u * nodes + v
        const slope = gradient[at]! + gradient[v * nodes + u]!
        if (!Number.isNaN(slope)) strengths[at]! += rate * slope * (1 - 2 * clean[at]!)
      }
    }
    projectOntoBudget(strengths, budget)
  }
  return strengths
}

/**
 * The best graph of those drawn from the strengths (each pair flipped with its strength as
 * probability) that are within the budget, of the one that flips the strongest pairs, and of the
 * clean one: there is always one, and none is worse than the clean one.
 *
 * @see Xu et al., 2019, algorithm 1; there, only drawn graphs are considered
 */
export function bestSample(
  topology: Topology,
  strengths: Strengths,
  samples: number,
  parameters: Parameters,
  random: Generator,
): PerturbedGraph {
  const { classifier, graph, objective, budget } = topology
  const { nodes, features } = graph
  const places: number[] = []
  for (let at = 0; at < strengths.length; at++) if (strengths[at]! > 0) places.push(at)
  const flips = (chosen: readonly number[]): Pair[] =>
    chosen.map(at => [Math.floor(at / nodes), at % nodes])
  const objectiveAt = ({ edges }: Graph) =>
    tf.tidy(() => {
      const logits = classifier.logits(parameters, { nodes, structure: edges, features })
      return objective(logits).dataSync()[0]!
    })
  let best = { graph, value: objectiveAt(graph) }
  let queries = 1
  const consider = (chosen: readonly number[]) => {
    if (chosen.length > budget) return
    const candidate = withFlippedPairs(graph, flips(chosen))
    const value = objectiveAt(candidate)
    queries++
    if (value > best.value) best = { graph: candidate, value }
  }
  consider(largest(strengths, budget, at => strengths[at]! > 0))
  for (let sample = 0; sample < samples && places.length > 0; sample++) {
    consider(places.filter(at => random.uniform() < strengths[at]!))
  }
  return { graph: best.graph, queries }
}

/** Of the objective by every entry of the adjacency, `[nodes · nodes]`. */
function adjacencyGradient(
  { classifier, graph, climbed }: ClimbedTopology,
  parameters: Parameters,
  adjacency: tf.Tensor2D,
): Float32Array {
  const { nodes, features } = graph
  const gradient = tf.grad((structure: tf.Tensor) =>
    climbed(
      classifier.logits(parameters, { nodes, structure: structure as tf.Tensor2D, features }),
    ),
  )(adjacency)
  const values = gradient.dataSync() as Float32Array
  gradient.dispose()
  return values
}

function relaxed(clean: Float32Array, strengths: Strengths, nodes: number): Float32Array {
  const adjacency = clean.slice()
  for (let u = 0; u < nodes; u++) {
    for (let v = u + 1; v < nodes; v++) {
      const at = u * nodes + v
      const weight = clean[at]! + (1 - 2 * clean[at]!) * strengths[at]!
      adjacency[at] = weight
      adjacency[v * nodes + u] = weight
    }
  }
  return adjacency
}
