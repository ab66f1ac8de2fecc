import { grouped, type Measurement, nameOf } from './measurement.ts'

/** The same thing measured twice. */
export interface Pair {
  readonly before: Measurement
  readonly now: Measurement
}

export interface Matched {
  readonly pairs: readonly Pair[]
  readonly onlyBefore: readonly Measurement[]
  readonly onlyNow: readonly Measurement[]
}

/**
 * Finds for every measurement its counterpart of the same name: the one with the same options, of
 * what then remains the one at the same place in the plan if there are equally many. So an attack
 * whose options were changed is compared with itself as it was.
 */
export function matchMeasurements(
  before: readonly Measurement[],
  now: readonly Measurement[],
): Matched {
  const earlier = grouped(before, nameOf)
  const pairs: Pair[] = []
  const onlyNow: Measurement[] = []
  const taken = new Set<Measurement>()
  const take = (pair: Pair) => {
    pairs.push(pair)
    taken.add(pair.before)
  }
  for (const [name, own] of grouped(now, nameOf)) {
    const candidates = earlier.get(name) ?? []
    const left = own.filter(one => {
      const same = candidates.find(other => !taken.has(other) && other.config === one.config)
      if (same) take({ before: same, now: one })
      return !same
    })
    const rest = candidates.filter(other => !taken.has(other))
    if (rest.length !== left.length) onlyNow.push(...left)
    else for (const [at, one] of left.entries()) take({ before: rest[at]!, now: one })
  }
  return { pairs, onlyNow, onlyBefore: before.filter(one => !taken.has(one)) }
}
