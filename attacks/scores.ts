import { tf } from '../src/engine/tf.ts'
import type { Victim } from './victim.ts'

/** Most input values in one pass of a victim: larger passes leave the processor's cache. */
export const passValues = 2 ** 20

/** Values of one input. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1)
}

/**
 * Class scores of any number of inputs, in passes of bounded size.
 *
 * @param inputs `[count · size]`
 * @param shape of one input
 * @returns `[count, classes]`; belongs to the caller
 */
export function logitsOf(
  victim: Victim,
  inputs: Float32Array,
  shape: readonly number[],
): tf.Tensor2D {
  const size = sizeOf(shape)
  const count = inputs.length / size
  const atOnce = Math.max(1, Math.floor(passValues / size))
  return tf.tidy(() => {
    const passes: tf.Tensor2D[] = []
    for (let first = 0; first < count; first += atOnce) {
      const last = Math.min(first + atOnce, count)
      const x = tf.tensor(inputs.subarray(first * size, last * size), [last - first, ...shape])
      passes.push(victim.logits(x))
    }
    return passes.length === 1 ? passes[0]! : tf.concat2d(passes, 0)
  })
}

/** How far a victim is from erring on some inputs. */
export interface Verdicts {
  /** `z_y − max z_i` over the other classes: negative where the victim errs. */
  readonly margins: Float32Array
  /** Whether another class than the label is predicted; of equal scores the first wins. */
  readonly wrong: readonly boolean[]
}

/**
 * Asks a victim once about every input.
 *
 * @param inputs `[count · size]`
 * @param labels of every input
 */
export function verdicts(
  victim: Victim,
  inputs: Float32Array,
  shape: readonly number[],
  labels: readonly number[],
): Verdicts {
  const logits = logitsOf(victim, inputs, shape)
  const scores = logits.dataSync()
  const [, classes] = logits.shape
  logits.dispose()
  const margins = new Float32Array(labels.length)
  const wrong = labels.map((label, at) => {
    const row = scores.subarray(at * classes, (at + 1) * classes)
    const own = row[label]!
    let rival = -Infinity
    let errs = false
    row.forEach((score, index) => {
      if (index === label) return
      rival = Math.max(rival, score)
      errs ||= score > own || (score === own && index < label)
    })
    margins[at] = own - rival
    return errs
  })
  return { margins, wrong }
}
