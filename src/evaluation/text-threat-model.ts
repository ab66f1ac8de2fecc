import { type WordAttack, wordLimit } from '../../attacks/text/text-attack.ts'
import type { TextVictim } from '../../attacks/text/text-victim.ts'
import { padId } from '../data/text/vocabulary.ts'

/** Places where two texts differ, ascending. */
export function changedPlaces(before: Int32Array, after: Int32Array): readonly number[] {
  return [...before.keys()].filter(place => before[place] !== after[place])
}

/**
 * Refuses texts that leave the threat model, so that no attack can overstate itself: padding stays,
 * every token is in the vocabulary, and no more words change than the budget allows.
 *
 * @throws RangeError naming the fault
 */
export function requireWithinBudget(
  { name, budget }: Pick<WordAttack, 'name' | 'budget'>,
  { vocabulary }: Pick<TextVictim, 'vocabulary'>,
  before: Int32Array,
  after: Int32Array,
): void {
  const refuse = (fault: string) => {
    throw new RangeError(`invalid attack: ${name} ${fault}`)
  }
  if (after.length !== before.length) refuse(`returned ${after.length} tokens`)
  if (before.some((id, place) => id === padId && after[place] !== padId)) refuse('changed padding')
  const strange = after.find(id => !(id >= 0 && id < vocabulary.length))
  if (strange !== undefined) refuse(`returned token ${strange}, which is not in the vocabulary`)
  const changed = changedPlaces(before, after).length
  const limit = wordLimit(budget, before)
  if (changed > limit) refuse(`changed ${changed} words, ${limit} are allowed`)
}
