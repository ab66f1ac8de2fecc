import type { tf } from '../src/engine/tf.ts'
import type { Norm } from './attack.ts'
import { sizeOf, verdicts } from './scores.ts'
import type { Victim } from './victim.ts'

/** A batch under an attack that sees nothing but whether the predicted class is the label. */
export interface Decisions {
  readonly rows: readonly number[]
  /** Values of one input. */
  readonly size: number
  readonly bounds: Victim['bounds']
  /** `[batch · size]` */
  readonly clean: Float32Array
  /** Questions asked so far, `[batch]`. */
  readonly queries: Float32Array
  /** The clean input of a row. */
  cleanOf(row: number): Float32Array
  /**
   * Whether the victim errs at each point.
   *
   * @param points `[count · size]`
   * @param rows of every point
   */
  ask(points: Float32Array, rows: readonly number[]): readonly boolean[]
}

/** Points by row. */
export type Points = ReadonlyMap<number, Float32Array>

/** The decisions of a victim around these inputs. */
export function decisionsOf(victim: Victim, x: tf.Tensor, labels: tf.Tensor1D): Decisions {
  const shape = x.shape.slice(1)
  const size = sizeOf(shape)
  const clean = Float32Array.from(x.dataSync())
  const truth = Array.from(labels.dataSync())
  const queries = new Float32Array(truth.length)
  return {
    rows: [...truth.keys()],
    size,
    bounds: victim.bounds,
    clean,
    queries,
    cleanOf: row => clean.subarray(row * size, (row + 1) * size),
    ask(points, rows) {
      for (const row of rows) queries[row]! += 1
      const asked = rows.map(row => truth[row]!)
      return verdicts(victim, points, shape, asked).wrong
    },
  }
}

/** Asks about one point of every row and keeps those where the victim errs. */
export function misclassified(decisions: Decisions, points: Points): Map<number, Float32Array> {
  const rows = [...points.keys()]
  const values = new Float32Array(rows.length * decisions.size)
  rows.forEach((row, at) => {
    values.set(points.get(row)!, at * decisions.size)
  })
  const wrong = rows.length > 0 ? decisions.ask(values, rows) : []
  return new Map([...points].filter((_, at) => wrong[at]))
}

/** Length of the difference of two inputs. */
export function distanceBetween(a: Float32Array, b: Float32Array, norm: Norm): number {
  let largest = 0
  let squares = 0
  a.forEach((value, at) => {
    const change = Math.abs(value - b[at]!)
    largest = Math.max(largest, change)
    squares += change * change
  })
  return norm === 'linf' ? largest : Math.sqrt(squares)
}

/** `point + length · direction`, cut to the box. */
export function moved(
  point: Float32Array,
  direction: Float32Array,
  length: number,
  [low, high]: Victim['bounds'],
): Float32Array {
  return point.map((value, at) => Math.min(Math.max(value + length * direction[at]!, low), high))
}
