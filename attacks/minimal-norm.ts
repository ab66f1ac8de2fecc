import { tf } from '../src/engine/tf.ts'
import type { Attack, Norm } from './attack.ts'
import type { AttackRandom } from './attack-random.ts'
import type { Victim } from './victim.ts'

/** One correctly classified input and the nearest adversarial example that is known for it. */
export interface Example {
  /** `[size]` */
  readonly clean: Float32Array
  readonly label: number
  /** Class scores of the clean input, `[classes]`. */
  readonly logits: Float32Array
  /** The numbers that belong to this example. */
  readonly random: AttackRandom
  /** `[size]`; the clean input until one is found. */
  nearest: Float32Array
  /** How far `nearest` is from `clean`; infinite until one is found. */
  distance: number
  /** Model calls so far. */
  queries: number
}

/**
 * Improves the nearest adversarial example of each of these with `offer`.
 *
 * @param goal distance from which on an example needs no further work; 0 to find the very nearest
 */
export type Search = (victim: Victim, examples: readonly Example[], goal: number) => void

/** What a minimal-norm attack is called and the threat model that its outcome is held against. */
interface Description {
  readonly name: string
  readonly norm: Norm
  readonly epsilon: number
  readonly config: Readonly<Record<string, unknown>>
}

/**
 * An attack that looks for the nearest adversarial example rather than for any within a radius. It
 * hands back what it found where that lies within epsilon, and the clean input elsewhere. Inputs
 * that the victim misclassifies already are their own nearest example. An infinite epsilon asks for
 * the nearest example however far it is; a finite one lets an example rest once it is near enough.
 */
export function minimalNorm(description: Description, search: Search): Attack {
  const { name, norm, epsilon, config } = description
  return {
    name,
    norm,
    epsilon,
    config,
    requires: ['lossGradient'],
    run(victim, x, labels, random) {
      const examples = examplesOf(victim, x, labels, random)
      const correct = examples.filter(({ logits, label }) => classOf(logits) === label)
      if (epsilon > 0 && correct.length > 0) {
        search(victim, correct, Number.isFinite(epsilon) ? epsilon : 0)
      }
      const points = examples.map(({ clean, nearest, distance }) =>
        distance <= epsilon ? nearest : clean,
      )
      const queries = Float32Array.from(examples, example => example.queries)
      return { adversarial: tf.tensor(concatenate(points), x.shape), queries }
    },
  }
}

/** Keeps `point` where it is nearer to the clean input than what is known; it must be adversarial. */
export function offer(example: Example, point: Float32Array, norm: Norm): void {
  const change = Float64Array.from(point, (value, at) => value - example.clean[at]!)
  const distance = lengthOf(change, norm)
  if (distance >= example.distance) return
  example.nearest = point
  example.distance = distance
}

/** Class scores `[classes]` of each of these points. */
export function scores(victim: Victim, points: readonly Float32Array[]): Float32Array[] {
  const x = batchOf(victim, points)
  const logits = victim.logits(x)
  const rows = split(logits.dataSync() as Float32Array, points.length)
  tf.dispose([x, logits])
  return rows
}

/** The class with the highest score; of equal ones the first. */
export function classOf(logits: Float32Array): number {
  return logits.reduce((best, score, at) => (score > logits[best]! ? at : best), 0)
}

/** The points as one tensor `[batch, ...]`, which belongs to the caller. */
export function batchOf(victim: Victim, points: readonly Float32Array[]): tf.Tensor {
  return tf.tensor(concatenate(points), [points.length, ...victim.inputShape])
}

/** The values of a tensor, row by row. */
export function split(values: Float32Array, rows: number): Float32Array[] {
  const size = values.length / rows
  return Array.from({ length: rows }, (_, row) => values.subarray(row * size, (row + 1) * size))
}

/** Norm of a change. */
export function lengthOf(change: Float32Array | Float64Array, norm: Norm): number {
  let length = 0
  if (norm === 'linf') for (const value of change) length = Math.max(length, Math.abs(value))
  else if (norm === 'l2') for (const value of change) length += value * value
  else for (const value of change) length += Math.abs(value)
  return norm === 'l2' ? Math.sqrt(length) : length
}

function examplesOf(
  victim: Victim,
  x: tf.Tensor,
  labels: tf.Tensor1D,
  random: AttackRandom,
): Example[] {
  const batch = x.shape[0]!
  const classes = labels.dataSync()
  const inputs = split(Float32Array.from(x.dataSync()), batch)
  const logits = scores(victim, inputs)
  return inputs.map((clean, row) => ({
    clean,
    label: classes[row]!,
    logits: logits[row]!,
    random: random.rows([row]),
    nearest: clean,
    distance: Number.POSITIVE_INFINITY,
    queries: 1,
  }))
}

function concatenate(points: readonly Float32Array[]): Float32Array {
  const size = points[0]!.length
  const all = new Float32Array(points.length * size)
  points.forEach((point, row) => {
    all.set(point, row * size)
  })
  return all
}
