import type { Victim } from '../../../attacks/victim.ts'
import { tf } from '../../engine/tf.ts'
import type { Stream } from '../../random/stream.ts'

/**
 * How often a model gives each class to x + σ ε with standard normal ε, [classes].
 *
 * The noisy inputs are not clipped to the bounds: the certificate is one for Gaussian noise. A copy
 * whose logits hold NaN counts for no class.
 *
 * @param x one input, of the victim's input shape
 * @param copies noisy copies; copy i takes the next x.length numbers of the stream
 * @param batch copies in one pass
 */
export function noisyCounts(
  victim: Victim,
  x: Float32Array,
  { sigma, copies, batch }: NoisyCopies,
  random: Stream,
): Float64Array {
  const counts = new Float64Array(victim.classes)
  for (let first = 0; first < copies; first += batch) {
    const passes = Math.min(batch, copies - first)
    const noisy = random.normals(new Float32Array(passes * x.length), first * x.length)
    for (let at = 0; at < noisy.length; at++) noisy[at] = x[at % x.length]! + sigma * noisy[at]!
    const input = tf.tensor(noisy, [passes, ...victim.inputShape])
    const logits = victim.logits(input)
    addClasses(counts, logits.dataSync() as Float32Array)
    tf.dispose([input, logits])
  }
  return counts
}

export interface NoisyCopies {
  readonly sigma: number
  readonly copies: number
  readonly batch: number
}

/** Counts the class of the largest logit of every row; of equal ones the first. */
function addClasses(counts: Float64Array, logits: Float32Array): void {
  const classes = counts.length
  for (let row = 0; row < logits.length; row += classes) {
    const scores = logits.subarray(row, row + classes)
    // Math.max of anything with NaN is NaN, which is found nowhere.
    const top = scores.indexOf(Math.max(...scores))
    if (top >= 0) counts[top]! += 1
  }
}
