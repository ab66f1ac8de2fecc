/**
 * A word is letters, digits and combining marks, with apostrophes between them (`isn't`, `n't`); every
 * other character that is no white space stands for itself.
 */
const token = /[\p{L}\p{N}\p{M}]+(?:'[\p{L}\p{N}\p{M}]+)*|[^\s\p{L}\p{N}\p{M}]/gu

/**
 * The tokens of a text, in lower case: `It's 3-0!` becomes `it's`, `3`, `-`, `0`, `!`.
 *
 * Lower case is Unicode's, the same in every locale.
 */
export function tokenise(text: string): readonly string[] {
  return text.toLowerCase().match(token) ?? []
}
