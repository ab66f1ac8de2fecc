/**
 * What one evaluation decided, example by example, indexed by the place in the test split.
 * Bit 1: judged; bit 2: right without attack; bit 4: still right under attack.
 */
export type Outcomes = Uint8Array

/** The parts of an example that decide. */
interface Judged {
  readonly example: number
  readonly label: number
  readonly clean_prediction: number
  readonly success: number
}

const digitZero = '0'.charCodeAt(0)

/** The outcomes of these examples of one evaluation. */
export function outcomesOf(examples: readonly Judged[]): Outcomes {
  const last = examples.reduce((most, { example }) => Math.max(most, example), -1)
  const outcomes = new Uint8Array(last + 1)
  for (const { example, label, clean_prediction, success } of examples) {
    const right = clean_prediction === label
    outcomes[example] = 1 | (right ? 2 : 0) | (right && success === 0 ? 4 : 0)
  }
  return outcomes
}

/** As the database keeps them: one digit a place in the test split, 0 where nothing was judged. */
export function encodeOutcomes(outcomes: Outcomes): string {
  return outcomes.join('')
}

/** The outcomes that `encodeOutcomes` wrote. */
export function decodeOutcomes(codes: string): Outcomes {
  const outcomes = new Uint8Array(codes.length)
  for (let at = 0; at < codes.length; at++) outcomes[at] = codes.charCodeAt(at) - digitZero
  return outcomes
}
