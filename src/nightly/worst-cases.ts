import type { Pair } from './match.ts'
import { grouped, type Measurement } from './measurement.ts'

type OutcomesOf = ReadonlyMap<string, Uint8Array>

/**
 * Outcomes under the worst of several attacks, see `outcomes`: an example was judged if it met all
 * of them, and is right if it is right under all.
 */
export function worstOutcomes(all: readonly Uint8Array[]): Uint8Array {
  const length = Math.min(...all.map(outcomes => outcomes.length))
  return Uint8Array.from({ length }, (_, at) => all.reduce((bits, one) => bits & one[at]!, 7))
}

/** How many examples were judged, and how many are right under attack. */
export function countOutcomes(outcomes: Uint8Array): { n: number; right: number } {
  let [n, right] = [0, 0]
  for (const bits of outcomes) {
    n += bits & 1
    if ((bits & 5) === 5) right++
  }
  return { n, right }
}

const isPart = ({ metric, plain }: Measurement) => metric === 'robust' && plain

const ballOf = ({ model, norm, epsilon }: Measurement) => JSON.stringify([model, norm, epsilon])

/** A worst case with the outcomes that it comes from. */
export interface WorstCase {
  readonly measurement: Measurement
  readonly outcomes: Uint8Array
}

/** The worst cases of models that met several white-box attacks in the same ball. */
export function worstCases(
  measurements: readonly Measurement[],
  outcomes: OutcomesOf,
): WorstCase[] {
  const known = measurements.filter(one => isPart(one) && outcomes.has(one.job!))
  return [...grouped(known, ballOf).values()].flatMap(parts => {
    const worst = parts.length > 1 ? worstOf(parts, outcomes) : null
    return worst ? [worst] : []
  })
}

/**
 * Pairs of worst cases, each over the attacks that both executions have; none where both have the
 * same rows of all of them.
 *
 * @param reused those of the same rows
 */
export function worstPairs(
  pairs: readonly Pair[],
  reused: readonly Pair[],
  before: OutcomesOf,
  now: OutcomesOf,
): { readonly before: WorstCase; readonly now: WorstCase }[] {
  const known = [...pairs, ...reused].filter(
    pair =>
      isPart(pair.before) &&
      isPart(pair.now) &&
      before.has(pair.before.job!) &&
      now.has(pair.now.job!),
  )
  const groups = grouped(known, pair => `${ballOf(pair.before)} ${ballOf(pair.now)}`)
  return [...groups.values()].flatMap(group => {
    if (group.length < 2 || group.every(pair => reused.includes(pair))) return []
    const first = worstOf(
      group.map(pair => pair.before),
      before,
    )
    const second = worstOf(
      group.map(pair => pair.now),
      now,
    )
    return first && second ? [{ before: first, now: second }] : []
  })
}

function worstOf(parts: readonly Measurement[], outcomes: OutcomesOf): WorstCase | null {
  const worst = worstOutcomes(parts.map(part => outcomes.get(part.job!)!))
  const { n, right } = countOutcomes(worst)
  if (n === 0) return null
  const measurement: Measurement = {
    ...parts[0]!,
    ...{ metric: 'worst', attack: null, job: null, config: '' },
    value: right / n,
    n,
  }
  return { measurement, outcomes: worst }
}
