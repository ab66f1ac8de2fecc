import { InvalidArgumentError } from 'commander'

/** An option's value as a whole number, not negative. */
export function wholeNumber(text: string): number {
  const value = Number(text)
  if (/^\d+$/.test(text) && Number.isSafeInteger(value)) return value
  throw new InvalidArgumentError('It must be a whole number.')
}

/** An option's value as a whole number of at least 1. */
export function atLeastOne(text: string): number {
  const value = wholeNumber(text)
  if (value > 0) return value
  throw new InvalidArgumentError('It must be at least 1.')
}

/** An option's value as a number above 0. */
export function positive(text: string): number {
  const value = Number(text)
  if (text.trim() !== '' && value > 0 && Number.isFinite(value)) return value
  throw new InvalidArgumentError('It must be a number above 0.')
}

/** Radii of balls, each named by an option of its own. */
export function radii(text: string, before: readonly number[] = []): readonly number[] {
  return [...before, positive(text)]
}

/** A word as a shell takes it. */
export function quoted(word: string): string {
  return /^[\w.-]+$/.test(word) ? word : `'${word}'`
}
