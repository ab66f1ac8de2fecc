import { z } from 'zod'
import { tf } from '../src/engine/tf.ts'
import { tidied } from '../src/engine/tidied.ts'
import { type Attack, normSchema } from './attack.ts'
import type { AttackKind } from './attack-kind.ts'
import type { AttackRandom } from './attack-random.ts'
import { project, randomInBall, steepest } from './geometry.ts'
import { crossEntropy } from './losses.ts'
import type { Victim } from './victim.ts'

const optionsSchema = z
  .strictObject({
    name: z.literal('pgd'),
    norm: normSchema,
    steps: z.int().min(1).max(100_000).default(20),
    /** Length of a step as a multiple of epsilon; 2.5 / steps lets an example cross the ball. */
    relativeStep: z.number().positive().max(10).optional(),
    /** Runs, each from a start of its own, on the examples that are not misclassified yet. */
    restarts: z.int().min(1).max(1000).default(5),
    /** Whether a run starts at a random point of the ball or at the clean input. */
    randomStart: z.boolean().default(true),
    /**
     * `best-so-far` keeps the first misclassified iterate and stops there; `last` gives back the
     * iterate after the last step, as most libraries do.
     */
    iterate: z.enum(['best-so-far', 'last']).default('best-so-far'),
  })
  .transform(options => ({ ...options, relativeStep: options.relativeStep ?? 2.5 / options.steps }))

type PgdOptions = z.output<typeof optionsSchema>

/** Options and the radius of the ball. */
type Settings = PgdOptions & { readonly epsilon: number }

/**
 * Projected gradient descent on the cross-entropy of the true label: steps along the steepest
 * direction, each projected onto the ball and then the box.
 *
 * @see Madry et al., "Towards deep learning models resistant to adversarial attacks", 2018
 */
function pgd(options: PgdOptions, epsilon: number): Attack {
  const settings = { ...options, epsilon }
  return {
    name: 'pgd',
    norm: options.norm,
    epsilon,
    config: settings,
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
          const start = startAt(settings, victim, center, random.rows(open), restart)
          return { x: start, center, labels: gather(labels, open) }
        })
        const found = climb(settings, victim, points)
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
function climb(settings: Settings, victim: Victim, from: Points): Found {
  const batch = from.x.shape[0]!
  const size = from.x.size / batch
  const adversarial = new Float32Array(from.x.size)
  const success = Array<boolean>(batch).fill(false)
  const queries = new Float32Array(batch)
  let rows = [...Array(batch).keys()]
  let points = from
  for (let step = 0; rows.length > 0; step++) {
    const isLast = step === settings.steps
    const labels = points.labels as tf.Tensor1D
    const { logits, gradient, losses } = isLast
      ? { logits: victim.logits(points.x) }
      : victim.lossGradient!(points.x, crossEntropy(labels))
    const wrong = tf.tidy(() => tf.notEqual(tf.argMax(logits, 1), labels).dataSync())
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
      points = tidied(() => ascend(settings, victim, before, gradient, stays))
    }
    tf.dispose([logits, ...(gradient ? [gradient, losses] : []), ...Object.values(before)])
  }
  return { adversarial, success, queries }
}

/** The rows that stay, one step further up. */
function ascend(
  { norm, epsilon, relativeStep }: Settings,
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
  { norm, epsilon, randomStart }: Settings,
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

export const pgdKind = {
  name: 'pgd',
  options: optionsSchema,
  create: pgd,
  expectedQueries: ({ steps, restarts }) => steps * restarts,
} satisfies AttackKind<PgdOptions>
