import { expectation } from '../../attacks/expectation.ts'
import type { Victim } from '../../attacks/victim.ts'
import type { ImageSplit } from '../data/dataset.ts'
import { type CraftedSet, judge, type Outcome } from './attack-model.ts'

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
  return judge(expectation(victim, draws), split, crafted)
}
