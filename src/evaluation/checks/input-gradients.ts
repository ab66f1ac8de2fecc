import { attackRandom } from '../../../attacks/attack-random.ts'
import { project, randomInBall } from '../../../attacks/geometry.ts'
import { attackLoss, type LossName } from '../../../attacks/losses.ts'
import type { Victim } from '../../../attacks/victim.ts'
import type { ImageSplit } from '../../data/dataset.ts'
import { tf } from '../../engine/tf.ts'
import { tidied } from '../../engine/tidied.ts'
import type { Subject } from './check.ts'

/** What a model says at some points. */
export interface AtPoints {
  /** `[count · size]` */
  readonly gradients: Float32Array
  readonly losses: Float32Array
  /** Whether another class than the label is predicted, `[count]`. */
  readonly wrong: readonly boolean[]
}

/** Points in one pass. */
const batchSize = 100

/**
 * Gradients and losses of a loss at points, each with the label of its example.
 *
 * @param points as many as the split has images
 */
export function gradientsAt(
  victim: Victim,
  { labels, count }: ImageSplit,
  points: Float32Array,
  loss: LossName,
): AtPoints {
  const size = points.length / count
  const gradients = new Float32Array(points.length)
  const losses = new Float32Array(count)
  const wrong: boolean[] = []
  for (let first = 0; first < count; first += batchSize) {
    const last = Math.min(first + batchSize, count)
    tf.tidy(() => {
      const x = tf.tensor(points.subarray(first * size, last * size), [
        last - first,
        ...victim.inputShape,
      ])
      const truth = tf.tensor1d(Int32Array.from(labels.subarray(first, last)), 'int32')
      const found = victim.lossGradient!(x, attackLoss(loss, truth, undefined))
      gradients.set(found.gradient.dataSync(), first * size)
      losses.set(found.losses.dataSync(), first)
      const missed = tf.notEqual(tf.argMax(found.logits, 1), truth).dataSync()
      wrong.push(...Array.from(missed, Boolean))
    })
  }
  return { gradients, losses, wrong }
}

/** The random points at which the reference attack starts, `[count · size]`. */
export function randomStarts(
  { victim, norm, epsilon, seed }: Subject,
  { images, count }: ImageSplit,
): Float32Array {
  const random = attackRandom(seed, [...Array(count).keys()])
  const shape = [count, ...victim.inputShape]
  const points = tidied(() => {
    const x = tf.tensor(images, shape)
    const start = tf.add(x, randomInBall(shape, norm, epsilon, random, 0))
    return project(start, x, norm, epsilon, victim.bounds)
  })
  const values = points.dataSync() as Float32Array
  points.dispose()
  return values
}

/** For every example whether its gradient is zero or not finite. */
export function useless(gradients: Float32Array, count: number): boolean[] {
  const size = gradients.length / count
  return Array.from({ length: count }, (_, at) => {
    const gradient = gradients.subarray(at * size, (at + 1) * size)
    return gradient.every(value => value === 0) || !gradient.every(Number.isFinite)
  })
}
