import type { Norm } from '../../../attacks/attack.ts'
import type { Victim } from '../../../attacks/victim.ts'
import type { ImageSplit } from '../../data/dataset.ts'
import { tf } from '../../engine/tf.ts'
import { differentiableVictim } from '../differentiable-victim.ts'

/** A linear classifier, `z = x W + b`. */
export interface LinearClassifier {
  /** `[classes][size]` */
  readonly weights: readonly Float64Array[]
  readonly bias: readonly number[]
}

/** The classifier by the nearest mean of these images, in closed form: `W = μ`, `b = −½ ‖μ‖²`. */
export function nearestMean({ images, labels, count }: ImageSplit): LinearClassifier {
  const size = images.length / count
  const present = [...new Set(labels)].sort((a, b) => a - b)
  const weights = Array.from({ length: present.at(-1)! + 1 }, () => new Float64Array(size))
  const members = weights.map((_, label) => labels.filter(other => other === label).length)
  labels.forEach((label, example) => {
    const mean = weights[label]!
    for (let at = 0; at < size; at++) mean[at]! += images[example * size + at]! / members[label]!
  })
  const bias = weights.map((mean, label) => (members[label]! > 0 ? -dot(mean, mean) / 2 : absent))
  return { weights, bias }
}

/** Score of a class without images: it never wins. */
const absent = -1e3

function dot(a: Float64Array, b: ArrayLike<number>): number {
  return a.reduce((sum, value, at) => sum + value * b[at]!, 0)
}

/** The classifier as a victim, whose weights live in the closure: one pass makes and frees them. */
export function linearVictim(
  { weights, bias }: LinearClassifier,
  inputShape: readonly number[],
): Victim {
  const size = weights[0]!.length
  const values = Float32Array.from(weights.flatMap(row => [...row]))
  const logits = (x: tf.Tensor) => {
    const matrix = tf.tensor2d(values, [weights.length, size])
    const flat = tf.reshape(x, [-1, size]) as tf.Tensor2D
    return tf.add<tf.Tensor2D>(tf.matMul(flat, matrix, false, true), tf.tensor1d([...bias]))
  }
  return differentiableVictim(logits, { classes: weights.length, inputShape })
}

/**
 * How far an attack can at most push another class ahead of the label within ball and box [0, 1]:
 * positive where it succeeds. The gap counts `overhead` times, to leave out those at the edge.
 */
export function bestLead(
  { weights, bias }: LinearClassifier,
  x: Float32Array,
  label: number,
  { norm, epsilon }: { readonly norm: Norm; readonly epsilon: number },
  overhead: number,
): number {
  const leads = weights.map((weight, other) => {
    if (other === label) return -Infinity
    const normal = weight.map((value, at) => value - weights[label]![at]!)
    const gap = -(dot(normal, x) + bias[other]! - bias[label]!)
    return greatestGain(normal, x, norm, epsilon) - overhead * gap
  })
  return Math.max(...leads)
}

/** Largest `w · δ` with `‖δ‖ ≤ ε` and `x + δ` in the box [0, 1]. */
export function greatestGain(
  weight: Float64Array,
  x: Float32Array,
  norm: Norm,
  epsilon: number,
): number {
  const parts = Array.from(weight, (value, at) => ({
    slope: Math.abs(value),
    room: value > 0 ? 1 - x[at]! : x[at]!,
  }))
  if (norm === 'l2') return gainInL2(parts, epsilon)
  if (norm === 'linf') {
    return parts.reduce((sum, { slope, room }) => sum + slope * Math.min(epsilon, room), 0)
  }
  let [left, gain] = [epsilon, 0]
  for (const { slope, room } of parts.sort((a, b) => b.slope - a.slope)) {
    const spent = Math.min(left, room)
    gain += slope * spent
    left -= spent
  }
  return gain
}

interface Part {
  readonly slope: number
  readonly room: number
}

/** `δ = min(t |w|, room)` with the t for which `‖δ‖₂ = ε`, found by bisection. */
function gainInL2(parts: readonly Part[], epsilon: number): number {
  const change = (t: number) => parts.map(({ slope, room }) => Math.min(t * slope, room))
  const length = (values: readonly number[]) => Math.hypot(...values)
  let [low, high] = [0, 1]
  while (length(change(high)) < epsilon && high < 1e9) high *= 2
  for (let round = 0; round < 60; round++) {
    const middle = (low + high) / 2
    if (length(change(middle)) < epsilon) low = middle
    else high = middle
  }
  return change(low).reduce((sum, value, at) => sum + value * parts[at]!.slope, 0)
}
