/** Id of the padding in every vocabulary. */
export const padId = 0

/** Id of all words that are not in the vocabulary. */
export const unknownId = 1

/** The tokens with these two ids; the tokeniser makes neither. */
export const specialTokens = ['<pad>', '<unknown>'] as const

/** Which words become part of a vocabulary. */
export interface VocabularyOptions {
  /** Least number of occurrences. */
  readonly minimumCount: number
  /** Most tokens, the two special ones included; the rarest are left out. */
  readonly maximumSize: number
}

/**
 * The vocabulary of these texts: the two special tokens, then words from the most frequent to the
 * rarest, those of equal frequency in the order of their code units.
 *
 * @param texts tokens of each training text; a vocabulary must not know the test split
 */
export function buildVocabulary(
  texts: readonly (readonly string[])[],
  { minimumCount, maximumSize }: VocabularyOptions,
): readonly string[] {
  const counts = new Map<string, number>()
  for (const tokens of texts) {
    for (const word of tokens) counts.set(word, (counts.get(word) ?? 0) + 1)
  }
  const words = [...counts]
    .filter(([, count]) => count >= minimumCount)
    .sort(([a, countA], [b, countB]) => countB - countA || (a < b ? -1 : 1))
    .map(([word]) => word)
  return [...specialTokens, ...words].slice(0, maximumSize)
}
