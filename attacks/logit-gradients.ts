import { tf } from '../src/engine/tf.ts'
import type { Norm } from './attack.ts'
import { dualLength } from './hyperplane.ts'
import { batchOf, split } from './minimal-norm.ts'
import type { AttackLoss, Victim } from './victim.ts'

/** How far a class is ahead of the true one at a point, to first order. */
export interface LogitDifference {
  /** `z_target − z_label`; negative where the target is behind. */
  readonly value: number
  /** Its gradient with respect to the input, `[size]`; what is not a finite number is zero. */
  readonly gradient: Float32Array
}

/**
 * Differences between the scores of chosen classes and that of the true one, with their gradients:
 * one model call for each target.
 *
 * @param points `[batch][size]`
 * @param labels `[batch]`
 * @param targets `[batch][targets]`, as many for every point
 * @returns `[batch][targets]`
 */
export function logitDifferences(
  victim: Victim,
  points: readonly Float32Array[],
  labels: readonly number[],
  targets: readonly (readonly number[])[],
): LogitDifference[][] {
  const x = batchOf(victim, points)
  const differences = points.map((): LogitDifference[] => [])
  targets[0]!.forEach((_, at) => {
    const signs = signsOf(
      labels,
      targets.map(classes => classes[at]!),
      victim.classes,
    )
    const behind: AttackLoss = logits => tf.sum(tf.mul(logits, signs), 1) as tf.Tensor1D
    const { gradient, losses, logits } = victim.lossGradient!(x, behind)
    const values = losses.dataSync()
    split(gradient.dataSync() as Float32Array, points.length).forEach((row, point) => {
      differences[point]!.push({ value: values[point]!, gradient: row.map(finiteOrZero) })
    })
    tf.dispose([signs, gradient, losses, logits])
  })
  x.dispose()
  return differences
}

/** The classes other than the true one, from the highest score down, `count` of them at most. */
export function likeliestOthers(
  logits: Float32Array,
  label: number,
  count: number,
): readonly number[] {
  return [...logits.keys()]
    .filter(other => other !== label)
    .sort((a, b) => logits[b]! - logits[a]! || a - b)
    .slice(0, count)
}

/** A difference and how far from the point it is zero, to first order. */
export interface Boundary extends LogitDifference {
  /** Infinite where the gradient is zero. */
  readonly distance: number
}

/** The nearest of the linearised boundaries between the true class and these others. */
export function nearestBoundary(differences: readonly LogitDifference[], norm: Norm): Boundary {
  return differences
    .map(({ value, gradient }) => {
      const slope = dualLength(gradient, norm)
      const distance = slope > 0 ? Math.abs(value) / slope : Number.POSITIVE_INFINITY
      return { value, gradient, distance }
    })
    .reduce((a, b) => (b.distance < a.distance ? b : a))
}

const finiteOrZero = (value: number) => (Number.isFinite(value) ? value : 0)

/** One at the target and minus one at the label, `[batch, classes]`. */
function signsOf(
  labels: readonly number[],
  targets: readonly number[],
  classes: number,
): tf.Tensor2D {
  const signs = new Float32Array(labels.length * classes)
  labels.forEach((label, row) => {
    signs[row * classes + targets[row]!] = 1
    signs[row * classes + label] = -1
  })
  return tf.tensor2d(signs, [labels.length, classes])
}
