import { z } from 'zod'
import { padId, unknownId } from '../../src/data/text/vocabulary.ts'

/**
 * What a masked word becomes: the unknown word, or nothing, which is padding in its place: a
 * recurrent network's state does not change there, as if the word had been deleted.
 */
export const replacementSchema = z.enum(['unknown', 'nothing']).default('unknown')

/** The token that stands where a word is masked. */
export function maskId(replacement: z.output<typeof replacementSchema>): number {
  return replacement === 'unknown' ? unknownId : padId
}
