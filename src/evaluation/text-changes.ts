import { padId } from '../data/text/vocabulary.ts'

/** A word of an attacked text. */
export interface TextPart {
  /** As it is now; missing where it was taken out. */
  readonly word?: string
  /** As it was, where it was changed. */
  readonly before?: string
}

/** An attacked text word by word, without padding. */
export function textParts(
  vocabulary: readonly string[],
  before: Int32Array,
  after: Int32Array,
): readonly TextPart[] {
  return [...before.keys()]
    .filter(place => before[place] !== padId)
    .map(place => ({
      ...(after[place] !== padId && { word: vocabulary[after[place]!]! }),
      ...(after[place] !== before[place] && { before: vocabulary[before[place]!]! }),
    }))
}

/** An attacked text in one line, every change in brackets: `the [old → new] house`. */
export function markedText(parts: readonly TextPart[]): string {
  return parts
    .map(({ word, before }) => (before === undefined ? word : `[${before} → ${word ?? '∅'}]`))
    .join(' ')
}
