import type { Outcomes } from '../../src/store/queries/outcomes.ts'

/** Which test examples one model got right under one attack. */
export interface Judged {
  readonly seed: number
  readonly model: string
  /** Null where several evaluations or none stand behind it: the worst case, no attack. */
  readonly evaluation: string | null
  /** By place in the test split. */
  readonly verdicts: Uint8Array
}

/** An example that was not judged; one that was, wrongly or rightly. */
export const ABSENT = 0
export const WRONG = 1
export const RIGHT = 2

/** Verdicts under attack. */
export function attacked(outcomes: Outcomes): Uint8Array {
  return verdictsBy(outcomes, 4)
}

/** Verdicts on the same examples without attack. */
export function unattacked(outcomes: Outcomes): Uint8Array {
  return verdictsBy(outcomes, 2)
}

function verdictsBy(outcomes: Outcomes, bit: number): Uint8Array {
  const verdicts = new Uint8Array(outcomes.length)
  for (let at = 0; at < outcomes.length; at++) {
    const bits = outcomes[at]!
    verdicts[at] = bits === ABSENT ? ABSENT : (bits & bit) !== 0 ? RIGHT : WRONG
  }
  return verdicts
}

/**
 * Right only where every attack was withstood, on the examples that all of them tried.
 * This is what an adversary reaches who may pick the best attack for each example.
 */
export function worstOf(all: readonly Uint8Array[]): Uint8Array {
  const length = Math.min(...all.map(verdicts => verdicts.length))
  const worst = new Uint8Array(length).fill(RIGHT)
  for (const verdicts of all) {
    for (let example = 0; example < length; example++) {
      if (verdicts[example]! < worst[example]!) worst[example] = verdicts[example]!
    }
  }
  return worst
}

/** The examples that all of these judged. */
export function commonExamples(all: readonly Judged[]): number[] {
  if (all.length === 0) return []
  const met = worstOf(all.map(({ verdicts }) => verdicts))
  const common: number[] = []
  for (let example = 0; example < met.length; example++) {
    if (met[example] !== ABSENT) common.push(example)
  }
  return common
}
