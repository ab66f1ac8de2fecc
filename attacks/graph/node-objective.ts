import { z } from 'zod'
import { tf } from '../../src/engine/tf.ts'
import type { Graph } from './graph.ts'
import type { GraphGoal } from './graph-attack.ts'
import type { GraphVictim, RelaxedGraph } from './graph-victim.ts'
import { type NodeLoss, nodeLoss, nodeLossNames } from './node-loss.ts'

/** Options of every attack that follows the gradient of the targets' loss. */
export const objectiveOptions = {
  loss: z.enum(nodeLossNames).default('cross-entropy'),
  /**
   * Whose classes the targets are to leave: those the victim predicts on the clean graph, which is
   * all that an attacker knows of nodes without a public label, or the true ones.
   */
  labels: z.enum(['predicted', 'true']).default('predicted'),
}

export interface ObjectiveOptions {
  readonly loss: z.output<typeof objectiveOptions.loss>
  readonly labels: z.output<typeof objectiveOptions.labels>
}

/** The loss of a goal's targets. */
export function objectiveOf(
  { loss, labels }: ObjectiveOptions,
  victim: GraphVictim,
  goal: GraphGoal,
): NodeLoss {
  if (labels === 'true') return nodeLoss(loss, goal.targets, goal.labels)
  return nodeLoss(loss, goal.targets, predictedLabels(victim, goal))
}

/** The class that the victim gives each node of the clean graph. */
export function predictedLabels(victim: GraphVictim, { graph }: GraphGoal): Int32Array {
  const logits = victim.logits(graph)
  const labels = tf.tidy(() => Int32Array.from(tf.argMax(logits, 1).dataSync()))
  logits.dispose()
  return labels
}

/** The objective on a graph. */
export function objectiveAt(victim: GraphVictim, objective: NodeLoss, graph: Graph): number {
  return tf.tidy(() => objective(victim.logits(graph)).dataSync()[0]!)
}

export interface ObjectiveGradient {
  readonly value: number
  /** Shape of what was differentiated by; belongs to the caller. */
  readonly gradient: tf.Tensor2D
}

/**
 * Value of the objective and its gradient by one tensor of the graph.
 *
 * @param graphAt the relaxed graph with that tensor in it
 */
export function objectiveGradient(
  victim: GraphVictim,
  objective: NodeLoss,
  tensor: tf.Tensor2D,
  graphAt: (tensor: tf.Tensor2D) => RelaxedGraph,
): ObjectiveGradient {
  const { parameters, logits } = victim.relaxed!
  const { value, grad } = tf.valueAndGrad((at: tf.Tensor) =>
    objective(logits(parameters, graphAt(at as tf.Tensor2D))),
  )(tensor)
  const number = value.dataSync()[0]!
  value.dispose()
  return { value: number, gradient: grad as tf.Tensor2D }
}
