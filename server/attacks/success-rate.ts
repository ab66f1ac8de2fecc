import { wilson } from '../../src/statistics/wilson.ts'
import type { Outcomes } from '../../src/store/queries/outcomes.ts'

/** How often attacks broke what was right. */
export interface SuccessRate {
  readonly n: number
  readonly successful: number
  readonly failed: number
  readonly skipped: number
  /** Null where everything is misclassified without attack. */
  readonly success: { readonly rate: number; readonly low: number; readonly high: number } | null
}

/**
 * Success rate of the same attack on several models: r = Σ sᵢ / Σ mᵢ over the examples, where mᵢ of the
 * models are right about example i without attack and sᵢ of these are broken.
 *
 * The interval is Wilson's with the effective number of trials r(1 − r) / V, where
 * V = Σ (sᵢ − r mᵢ)² / (Σ mᵢ)² is the variance of a ratio between clusters: two models that are broken
 * at the same examples are no more evidence than one. For one model it is the plain Wilson interval.
 *
 * @see Cochran (1977), Sampling techniques, section 2.11; Korn and Graubard (1998).
 */
export function successRate(models: readonly Outcomes[]): SuccessRate {
  const length = Math.max(0, ...models.map(outcomes => outcomes.length))
  let [n, right, broken] = [0, 0, 0]
  const clusters: (readonly [right: number, broken: number])[] = []
  for (let example = 0; example < length; example++) {
    let [m, s] = [0, 0]
    for (const outcomes of models) {
      const bits = outcomes[example] ?? 0
      n += bits & 1
      if ((bits & 2) === 0) continue
      m += 1
      s += Number((bits & 4) === 0)
    }
    right += m
    broken += s
    clusters.push([m, s])
  }
  const counts = { n, successful: broken, failed: right - broken, skipped: n - right }
  if (right === 0) return { ...counts, success: null }
  const rate = broken / right
  const least = right / models.length
  const squares = clusters.reduce((sum, [m, s]) => sum + (s - rate * m) ** 2, 0)
  const binomial = rate * (1 - rate)
  // Where all are broken or none, there is no spread to tell how much the models have in common.
  const wanted = binomial === 0 ? least : (binomial * right ** 2) / squares
  const effective = models.length === 1 ? right : Math.max(least, Math.min(right, wanted))
  return { ...counts, success: { rate, ...wilson(rate * effective, effective) } }
}
