import { expectation } from '../../attacks/expectation.ts'
import type { Victim } from '../../attacks/victim.ts'
import type { ImageSplit } from '../data/dataset.ts'
import { tf } from '../engine/tf.ts'
import { type CraftedSet, type Outcome, outcomesOf } from './attack-model.ts'
import { predictInBatches } from './predict.ts'

/** With fewer draws, chance decides about too many examples. */
export const leastDraws = 20

/**
 * Judges a randomised victim on adversarial examples by its mean scores over fresh draws, for the
 * clean images and for the stored, clipped ones. One pass would count chance as success.
 *
 * @throws RangeError for fewer than 20 draws
 */
export function judgeRandomised(
  victim: Victim,
  split: ImageSplit,
  crafted: CraftedSet,
  draws: number = leastDraws,
): Outcome[] {
  if (!(draws >= leastDraws)) {
    throw new RangeError(`invalid draws: ${draws} (${leastDraws} or more decide reliably)`)
  }
  const average = expectation(victim, draws)
  const classesOf = (x: tf.Tensor) =>
    tf.tidy(() => tf.argMax(average.logits(x), 1).dataSync()) as Int32Array
  const predict = (images: Float32Array) => predictInBatches(classesOf, victim.inputShape, images)
  const clean = split.images.subarray(0, crafted.adversarial.length)
  return outcomesOf(split, crafted, predict(clean), predict(crafted.adversarial))
}
