import { type Climb, climbingDirection } from '../../../attacks/climb.ts'
import { project } from '../../../attacks/geometry.ts'
import type { Victim } from '../../../attacks/victim.ts'
import type { ImageSplit } from '../../data/dataset.ts'
import { tf } from '../../engine/tf.ts'
import type { Subject } from './check.ts'
import { gradientsAt, randomStarts, useless } from './input-gradients.ts'

/** The way of one example under the reference attack, which takes all its steps. */
export interface Trace {
  /** Cross-entropy before every step and after the last, `[steps + 1]`. */
  readonly losses: number[]
  /** Whether the image is classified correctly there, `[steps + 1]`. */
  readonly right: boolean[]
  /** Whether the gradient is zero or not finite there, `[steps + 1]`. */
  readonly flat: boolean[]
}

/** Projected gradient steps on the cross-entropy from a random start. */
export function traces(
  subject: Subject,
  victim: Victim,
  split: ImageSplit,
  { steps, relativeStep, movedShare }: Pick<Climb, 'steps' | 'relativeStep' | 'movedShare'>,
): Trace[] {
  const found: Trace[] = Array.from({ length: split.count }, () => ({
    losses: [],
    right: [],
    flat: [],
  }))
  let points = randomStarts(subject, split)
  for (let step = 0; step <= steps; step++) {
    const { gradients, losses, wrong } = gradientsAt(victim, split, points, 'ce')
    const flat = useless(gradients, split.count)
    found.forEach((trace, at) => {
      trace.losses.push(losses[at]!)
      trace.right.push(!wrong[at])
      trace.flat.push(flat[at]!)
    })
    const step = { length: relativeStep * subject.epsilon, movedShare }
    points = ascended(subject, split, points, gradients, step)
  }
  return found
}

function ascended(
  { victim, norm, epsilon }: Subject,
  { images, count }: ImageSplit,
  points: Float32Array,
  gradients: Float32Array,
  { length, movedShare }: { readonly length: number; readonly movedShare: number },
): Float32Array {
  const shape = [count, ...victim.inputShape]
  return tf.tidy(() => {
    const from = tf.tensor(points, shape)
    const slope = tf.tensor(gradients, shape)
    const direction = climbingDirection({ norm, movedShare }, victim, from, slope)
    const x = tf.add(from, tf.mul(direction, length))
    return project(x, tf.tensor(images, shape), norm, epsilon, victim.bounds).dataSync()
  }) as Float32Array
}

/**
 * Angle, in degrees, at the point of a curve that is furthest above its chord, with both axes scaled
 * to one: 90 for a curve that rises at once and then stays, 180 for one that still rises at its end.
 * Undefined for a curve that does not rise at all.
 */
export function breakPointAngle(losses: readonly number[]): number | undefined {
  const last = losses.length - 1
  const [low, high] = [Math.min(...losses), Math.max(...losses)]
  if (!(high > low)) return undefined
  const height = (at: number) => (losses[at]! - low) / (high - low)
  const above = (at: number) =>
    height(at) - height(0) - ((height(last) - height(0)) * at) / Math.max(last, 1)
  let top = 0
  for (let at = 1; at < last; at++) if (above(at) > above(top)) top = at
  if (top === 0) return 180
  const back = Math.atan2(height(0) - height(top), -top / last)
  const on = Math.atan2(height(last) - height(top), (last - top) / last)
  const turn = (Math.abs(back - on) * 180) / Math.PI
  return Math.min(turn, 360 - turn)
}

/** Sum of the falls of a curve over that of all its changes; undefined for a constant one. */
export function fallingShare(losses: readonly number[]): number | undefined {
  const changes = losses.slice(1).map((loss, at) => loss - losses[at]!)
  const all = changes.reduce((sum, change) => sum + Math.abs(change), 0)
  const falls = changes.reduce((sum, change) => sum + Math.max(0, -change), 0)
  return all > 0 ? falls / all : undefined
}
