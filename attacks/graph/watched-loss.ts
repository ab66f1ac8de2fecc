import type { tf } from '../../src/engine/tf.ts'
import type { LossName } from '../losses.ts'
import type { Observer } from '../observer.ts'
import type { GraphGoal } from './graph-attack.ts'
import type { NodeLoss, NodeLossName } from './node-loss.ts'

/** Who looks on, and what at. */
export interface Watch {
  readonly observer: Observer | undefined
  readonly loss: NodeLossName
  /** Classes that the targets are to leave, `[nodes]`. */
  readonly left: Int32Array
  readonly goal: GraphGoal
  /** How many iterates there are. */
  readonly last: number
}

const observedNames = { 'cross-entropy': 'ce', margin: 'margin' } as const satisfies Record<
  NodeLossName,
  LossName
>

/**
 * The objective, which shows what it is at every call, one iterate each: the loss of every target, and
 * whether the true class is lost. Rows are the targets in their order.
 */
export function watchedLoss(
  objective: NodeLoss,
  { observer, loss, left, goal, last }: Watch,
): NodeLoss {
  if (!observer) return objective
  const { targets, labels } = goal
  const rows = [...targets.keys()]
  let iteration = 0
  return logits => {
    const scores = rowsOf(logits, targets)
    observer.see(rows, {
      iteration: ++iteration,
      last,
      loss: observedNames[loss],
      losses: scores.map((own, row) => lossOf(loss, own, left[targets[row]!]!)),
      wrong: scores.map((own, row) => own.indexOf(Math.max(...own)) !== labels[targets[row]!]),
    })
    return objective(logits)
  }
}

function rowsOf(logits: tf.Tensor2D, nodes: Int32Array): Float32Array[] {
  const values = logits.dataSync() as Float32Array
  const [, classes] = logits.shape
  return Array.from(nodes, node => values.subarray(node * classes, (node + 1) * classes))
}

/** One node's share of `nodeLoss`; not a number without a class. */
function lossOf(loss: NodeLossName, scores: Float32Array, label: number): number {
  const own = scores[label] ?? Number.NaN
  if (loss === 'margin') {
    return Math.min(Math.max(...scores.filter((_, index) => index !== label)) - own, 0)
  }
  return Math.log(scores.reduce((sum, score) => sum + Math.exp(score - own), 0))
}
