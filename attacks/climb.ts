import { tf } from '../src/engine/tf.ts'
import { tidied } from '../src/engine/tidied.ts'
import type { Norm } from './attack.ts'
import { overL1Norm, project, sparseSigns, steepest, withinBox } from './geometry.ts'
import { attackLoss, type LossName } from './losses.ts'
import type { RunObserver } from './observer.ts'
import { gatherAll, type Run } from './open-rows.ts'
import type { Victim } from './victim.ts'

/** How a run climbs the loss. */
export interface Climb {
  readonly norm: Norm
  /** Radius of the ball. */
  readonly epsilon: number
  readonly steps: number
  /** Length of the first step as a multiple of epsilon. */
  readonly relativeStep: number
  /** How the length of a step falls over the run, to zero but for `constant`. */
  readonly stepRule: 'constant' | 'linear' | 'cosine'
  /** Share of the coordinates that a step in L1 moves. */
  readonly movedShare: number
  readonly loss: LossName
  /**
   * `best-so-far` keeps the first misclassified iterate and stops there; `last` gives back the
   * iterate after the last step, as most libraries do.
   */
  readonly iterate: 'best-so-far' | 'last'
  /** What is left of the earlier gradients at every step; without it only the last one counts. */
  readonly momentumDecay?: number
}

/** Where a run stands: one row for each example still in it. */
export interface Points {
  /** The iterates. */
  readonly x: tf.Tensor
  /** The clean inputs. */
  readonly center: tf.Tensor
  readonly labels: tf.Tensor1D
  /** The classes aimed at; without them the run only leaves the true one. */
  readonly targets?: tf.Tensor1D
  /** Gradients of unit L1 norm, added up with their decay. */
  readonly momentum?: tf.Tensor
}

/** One run from the given points, which it frees. Rows that are done leave the batch. */
export function climb(settings: Climb, victim: Victim, from: Points, observe?: RunObserver): Run {
  const batch = from.x.shape[0]!
  const size = from.x.size / batch
  const adversarial = new Float32Array(from.x.size)
  const success = Array<boolean>(batch).fill(false)
  const queries = new Float32Array(batch)
  let rows = [...Array(batch).keys()]
  let points = from
  for (let step = 0; rows.length > 0; step++) {
    const isLast = step === settings.steps
    const loss = attackLoss(settings.loss, points.labels, points.targets)
    const { logits, gradient, losses } = isLast
      ? { logits: victim.logits(points.x) }
      : victim.lossGradient!(points.x, loss)
    const wrong = tf.tidy(() => tf.notEqual(tf.argMax(logits, 1), points.labels).dataSync())
    if (observe) {
      const risen = losses?.dataSync() ?? tf.tidy(() => loss(logits).dataSync())
      observe(rows, step, risen, wrong)
    }
    const values = points.x.dataSync() as Float32Array
    const stays: number[] = []
    rows.forEach((row, at) => {
      queries[row]! += 1
      success[row] = Boolean(wrong[at])
      if (isLast || (wrong[at] && settings.iterate === 'best-so-far')) {
        adversarial.set(values.subarray(at * size, (at + 1) * size), row * size)
      } else stays.push(at)
    })
    rows = stays.map(at => rows[at]!)
    const before = points
    if (gradient && rows.length > 0) {
      points = tidied(() => ascend(settings, victim, { ...before, gradient }, stays, step))
    }
    tf.dispose([logits, ...(gradient ? [gradient, losses] : []), ...Object.values(before)])
  }
  return { adversarial, success, queries }
}

/** The rows that stay, one step further up. */
function ascend(
  settings: Climb,
  victim: Victim,
  before: Points & { readonly gradient: tf.Tensor },
  stays: readonly number[],
  step: number,
): Points {
  const { norm, epsilon } = settings
  const { gradient, ...points } = gatherAll(before, stays)
  const momentum = accumulated(settings, points.momentum, gradient)
  const direction = climbingDirection(settings, victim, points.x, momentum ?? gradient)
  const change = tf.mul(direction, stepLength(settings, step))
  const x = project(tf.add(points.x, change), points.center, norm, epsilon, victim.bounds)
  return { ...points, x, ...(momentum && { momentum }) }
}

/** `m ← μ · m + g / ‖g‖₁`; a gradient that is zero or not a number adds nothing. */
function accumulated(
  { momentumDecay }: Climb,
  momentum: tf.Tensor | undefined,
  gradient: tf.Tensor,
): tf.Tensor | undefined {
  if (momentumDecay === undefined) return undefined
  const latest = overL1Norm(gradient)
  return momentum ? tf.add(tf.mul(momentum, momentumDecay), latest) : latest
}

/**
 * The direction of a step from `x`, of length one. In L1 it moves a share of the coordinates, those
 * with the largest gradient among those that the box lets move.
 *
 * @param slope `[batch, ...]`
 */
export function climbingDirection(
  { norm, movedShare }: Pick<Climb, 'norm' | 'movedShare'>,
  { bounds }: Pick<Victim, 'bounds'>,
  x: tf.Tensor,
  slope: tf.Tensor,
): tf.Tensor {
  if (norm !== 'l1') return steepest(slope, norm)
  const [batch] = x.shape as [number]
  const count = Math.max(Math.round((movedShare * x.size) / batch), 1)
  return sparseSigns(withinBox(slope, x, bounds), Array<number>(batch).fill(count))
}

function stepLength({ stepRule, steps, relativeStep, epsilon }: Climb, step: number): number {
  const done = step / steps
  const share = {
    constant: 1,
    linear: 1 - done,
    cosine: (1 + Math.cos(Math.PI * done)) / 2,
  }[stepRule]
  return relativeStep * epsilon * share
}
