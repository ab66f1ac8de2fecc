import { z } from 'zod'
import { tf } from '../../src/engine/tf.ts'
import type { Graph } from './graph.ts'
import type { GraphGoal } from './graph-attack.ts'
import type { GraphVictim, RelaxedGraph } from './graph-victim.ts'
import { type NodeLoss, nodeLoss, nodeLossNames } from './node-loss.ts'
import { type Watch, watchedLoss } from './watched-loss.ts'

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
  options: ObjectiveOptions,
  victim: GraphVictim,
  goal: GraphGoal,
): NodeLoss {
  return nodeLoss(options.loss, goal.targets, labelsLeft(options, victim, goal))
}

/** The loss of a goal's targets, and the same for the iterates of an attack, which an observer sees. */
export function watchedObjective(
  options: ObjectiveOptions,
  victim: GraphVictim,
  goal: GraphGoal,
  { observer, last }: Pick<Watch, 'observer' | 'last'>,
): { readonly objective: NodeLoss; readonly climbed: NodeLoss } {
  const left = labelsLeft(options, victim, goal)
  const objective = nodeLoss(options.loss, goal.targets, left)
  const watch = { observer, loss: options.loss, left, goal, last }
  return { objective, climbed: watchedLoss(objective, watch) }
}

/** Class of every node that it is to leave. */
function labelsLeft(
  { labels }: Pick<ObjectiveOptions, 'labels'>,
  victim: GraphVictim,
  goal: GraphGoal,
): Int32Array {
  return labels === 'true' ? goal.labels : predictedLabels(victim, goal)
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
