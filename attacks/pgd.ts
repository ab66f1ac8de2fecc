import { tf } from '../src/engine/tf.ts'
import { tidied } from '../src/engine/tidied.ts'
import type { Attack, Norm } from './attack.ts'
import type { AttackRandom } from './attack-random.ts'
import { project, randomInBall, steepest } from './geometry.ts'
import type { Victim } from './victim.ts'

export interface PgdOptions {
  readonly norm: Norm
  readonly epsilon: number
  readonly steps: number
  /** Length of a step as a multiple of epsilon; 2.5 / steps lets an example cross the ball. */
  readonly relativeStep: number
  /** Runs, each from a start of its own, on the examples that are not misclassified yet. */
  readonly restarts: number
  /** Whether a run starts at a random point of the ball or at the clean input. */
  readonly randomStart: boolean
  /**
   * `best-so-far` keeps the first misclassified iterate and stops there; `last` gives back the
   * iterate after the last step, as most libraries do.
   */
  readonly iterate: 'best-so-far' | 'last'
}

/**
 * Projected gradient descent on the cross-entropy of the true label: steps along the steepest
 * direction, each projected onto the ball and then the box.
 *
 * @see Madry et al., "Towards deep learning models resistant to adversarial attacks", 2018
 */
export function pgd(options: PgdOptions): Attack {
  const { norm, epsilon } = options
  return {
    name: 'pgd',
    norm,
    epsilon,
    config: { name: 'pgd', ...options },
    requires: ['lossGradient'],
    run(victim, x, labels, random) {
      const batch = x.shape[0]!
      const size = x.size / batch
      const adversarial = Float32Array.from(x.dataSync())
      const queries = new Float32Array(batch)
      let open = [...Array(batch).keys()]
      for (let restart = 0; restart < options.restarts && open.length > 0; restart++) {
        const points = tidied(() => {
          const center = gather(x, open)
          const start = startAt(options, victim, center, random.rows(open), restart)
          return { x: start, center, labels: gather(labels, open) }
        })
        const found = climb(options, victim, points)
        open.forEach((row, at) => {
          adversarial.set(found.adversarial.subarray(at * size, (at + 1) * size), row * size)
          queries[row]! += found.queries[at]!
        })
        open = open.filter((_, at) => !found.success[at])
      }
      return { adversarial: tf.tensor(adversarial, x.shape), queries }
    },
  }
}

/** Where a run stands: the iterates, the clean inputs and the labels of the rows still in it. */
interface Points {
  readonly x: tf.Tensor
  readonly center: tf.Tensor
  readonly labels: tf.Tensor
}

interface Found {
  /** `[batch · size]` */
  readonly adversarial: Float32Array
  readonly success: readonly boolean[]
  readonly queries: Float32Array
}

/** One run from the given points, which it frees. */
function climb(options: PgdOptions, victim: Victim, from: Points): Found {
  const batch = from.x.shape[0]!
  const size = from.x.size / batch
  const adversarial = new Float32Array(from.x.size)
  const success = Array<boolean>(batch).fill(false)
  const queries = new Float32Array(batch)
  let rows = [...Array(batch).keys()]
  let points = from
  for (let step = 0; rows.length > 0; step++) {
    const isLast = step === options.steps
    const labels = points.labels as tf.Tensor1D
    const { logits, gradient } = isLast
      ? { logits: victim.logits(points.x) }
      : victim.lossGradient!(points.x, labels)
    const wrong = tf.tidy(() => tf.notEqual(tf.argMax(logits, 1), labels).dataSync())
    const values = points.x.dataSync() as Float32Array
    const stays: number[] = []
    rows.forEach((row, at) => {
      queries[row]! += 1
      success[row] = Boolean(wrong[at])
      if (isLast || (wrong[at] && options.iterate === 'best-so-far')) {
        adversarial.set(values.subarray(at * size, (at + 1) * size), row * size)
      } else stays.push(at)
    })
    rows = stays.map(at => rows[at]!)
    const before = points
    if (gradient && rows.length > 0) {
      points = tidied(() => ascend(options, victim, before, gradient, stays))
    }
    tf.dispose([logits, ...(gradient ? [gradient] : []), before.x, before.center, before.labels])
  }
  return { adversarial, success, queries }
}

/** The rows that stay, one step further up. */
function ascend(
  { norm, epsilon, relativeStep }: PgdOptions,
  victim: Victim,
  points: Points,
  gradient: tf.Tensor,
  stays: readonly number[],
): Points {
  const whole = stays.length === points.x.shape[0]
  const keep = (tensor: tf.Tensor) => (whole ? tf.clone(tensor) : gather(tensor, stays))
  const center = keep(points.center)
  const step = tf.mul(steepest(keep(gradient), norm), relativeStep * epsilon)
  const x = project(tf.add(keep(points.x), step), center, norm, epsilon, victim.bounds)
  return { x, center, labels: keep(points.labels) }
}

function startAt(
  { norm, epsilon, randomStart }: PgdOptions,
  victim: Victim,
  center: tf.Tensor,
  random: AttackRandom,
  restart: number,
): tf.Tensor {
  if (!randomStart) return tf.clone(center)
  const change = randomInBall(center.shape, norm, epsilon, random, restart)
  return project(tf.add(center, change), center, norm, epsilon, victim.bounds)
}

function gather<T extends tf.Tensor>(tensor: T, rows: readonly number[]): T {
  return tf.tidy(() => tf.gather(tensor, tf.tensor1d([...rows], 'int32')))
}
