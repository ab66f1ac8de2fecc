import { InvalidArgumentError } from 'commander'

/** Radii of balls, each named by an option of its own. */
export function radii(text: string, before: readonly number[] = []): readonly number[] {
  const radius = Number(text)
  if (text.trim() !== '' && radius > 0) return [...before, radius]
  throw new InvalidArgumentError('It must be a number above 0.')
}

export function wholeNumber(text: string): number {
  const value = Number(text)
  if (/^\d+$/.test(text) && Number.isSafeInteger(value)) return value
  throw new InvalidArgumentError('It must be a whole number.')
}

export function atLeastOne(text: string): number {
  const value = wholeNumber(text)
  if (value > 0) return value
  throw new InvalidArgumentError('It must be at least 1.')
}

/** A word as a shell takes it. */
export function quoted(word: string): string {
  return /^[\w.-]+$/.test(word) ? word : `'${word}'`
}
