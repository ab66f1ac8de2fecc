import { expectation } from '../../attacks/expectation.ts'
import type { Victim } from '../../attacks/victim.ts'
import type { ImageSplit } from '../data/dataset.ts'
import { type CraftedSet, judge, type Outcome } from './attack-model.ts'
import { predict } from './predict.ts'

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
  requireDraws(draws)
  return judge(expectation(victim, draws), split, crafted)
}

/**
 * Judges a randomised victim on the first `n` examples as they are, once: other draws for the same
 * images would pass for an attack.
 *
 * @throws RangeError for fewer than 20 draws
 */
export function judgeUnattacked(
  victim: Victim,
  split: ImageSplit,
  n: number,
  draws: number = leastDraws,
): Outcome[] {
  requireDraws(draws)
  const size = split.images.length / split.count
  const predictions = predict(expectation(victim, draws), split.images.subarray(0, n * size))
  return Array.from(predictions, (prediction, example) => ({
    example,
    label: split.labels[example]!,
    cleanPrediction: prediction,
    adversarialPrediction: prediction,
    success: false,
    ...{ linf: 0, l2: 0, l1: 0, queries: 0, brokenBy: 0 },
  }))
}

function requireDraws(draws: number): void {
  if (draws >= leastDraws) return
  throw new RangeError(`invalid draws: ${draws} (${leastDraws} or more decide reliably)`)
}
