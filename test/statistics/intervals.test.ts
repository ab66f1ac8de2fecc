import test from 'ava'
import { stream } from '../../src/random/stream.ts'
import { clopperPearson, clopperPearsonLower } from '../../src/statistics/clopper-pearson.ts'
import { type Interval, wilson } from '../../src/statistics/wilson.ts'

const rounded = ({ low, high }: Interval, digits: number) => [
  Number(low.toFixed(digits)),
  Number(high.toFixed(digits)),
]

/** Newcombe (1998), Two-sided confidence intervals for the single proportion, table I. */
const published = [
  { k: 81, n: 263, score: [0.2553, 0.3662], exact: [0.2527, 0.3676] },
  { k: 15, n: 148, score: [0.0624, 0.1605], exact: [0.0578, 0.1617] },
  { k: 0, n: 20, score: [0, 0.1611], exact: [0, 0.1684] },
  { k: 1, n: 29, score: [0.0061, 0.1718], exact: [0.0009, 0.1776] },
]

test('both intervals agree with the published tables', t => {
  for (const { k, n, score, exact } of published) {
    t.deepEqual(rounded(wilson(k, n), 4), score, `Wilson ${k} of ${n}`)
    t.deepEqual(rounded(clopperPearson(k, n), 4), exact, `Clopper-Pearson ${k} of ${n}`)
  }
})

test('Clopper-Pearson of 90 out of 100 is [0.823777, 0.950995]', t => {
  t.deepEqual(rounded(clopperPearson(90, 100), 6), [0.823777, 0.950995])
})

test('Clopper-Pearson without successes has the closed form 1 − (α/2)^(1/n)', t => {
  for (const n of [1, 7, 100, 60_000]) {
    const expected = 1 - 0.025 ** (1 / n)
    t.true(Math.abs(clopperPearson(0, n).high / expected - 1) < 1e-9)
    t.true(Math.abs(clopperPearson(n, n).low - (1 - expected)) < 1e-12)
  }
})

test('the one-sided lower bound agrees with SciPy and its closed forms', t => {
  // SciPy 1.17.1: beta.ppf(alpha, k, n - k + 1)
  for (const [k, n, alpha, low] of [
    [99, 100, 0.001, 0.9113731112960424],
    [100_000, 100_000, 0.001, 0.9999309248330094],
    [99_999, 100_000, 0.001, 0.9999076696662654],
    [51_000, 100_000, 0.001, 0.5051093492440559],
    [75, 100, 0.05, 0.6686784462543383],
  ] as const) {
    t.true(Math.abs(clopperPearsonLower(k, n, alpha) - low) < 1e-10, `${k} of ${n}`)
  }
  t.is(clopperPearsonLower(0, 10, 0.01), 0)
  t.true(Math.abs(clopperPearsonLower(1, 10, 0.01) - (1 - 0.99 ** 0.1)) < 1e-12)
  t.is(clopperPearsonLower(30, 40, 0.025), clopperPearson(30, 40).low)
})

/** Share of simulated counts whose interval holds the true share. */
function coverage(p: number, n: number, holds: (k: number) => boolean, simulations: number) {
  const uniforms = stream(2, 'coverage', p, n).uniforms(new Float32Array(simulations * n))
  const verdicts = Array.from({ length: n + 1 }, (_, k) => holds(k))
  let covered = 0
  for (let at = 0; at < simulations; at++) {
    const sample = uniforms.subarray(at * n, (at + 1) * n)
    if (verdicts[sample.reduce((count, u) => count + (u < p ? 1 : 0), 0)]) covered++
  }
  return covered / simulations
}

test('in 4000 simulations Clopper-Pearson covers at least as asked, Wilson about so', t => {
  // Standard error of a simulated coverage of 95 %: 0.34 points; of 99 %: 0.16 points.
  const error = (level: number) => Math.sqrt((level * (1 - level)) / 4000)
  for (const [p, n] of [
    [0.5, 40],
    [0.9, 100],
    [0.98, 150],
  ] as const) {
    const inside = (interval: typeof wilson) => (k: number) => {
      const { low, high } = interval(k, n)
      return low <= p && p <= high
    }
    const exact = coverage(p, n, inside(clopperPearson), 4000)
    t.true(exact > 0.95 - 3 * error(0.95), `Clopper-Pearson at ${p} of ${n}: ${exact}`)
    const score = coverage(p, n, inside(wilson), 4000)
    t.true(Math.abs(score - 0.95) < 0.03, `Wilson at ${p} of ${n}: ${score}`)
    const lower = coverage(p, n, k => clopperPearsonLower(k, n, 0.01) <= p, 4000)
    t.true(lower > 0.99 - 3 * error(0.99), `lower bound at ${p} of ${n}: ${lower}`)
    t.is(lower < 1, clopperPearsonLower(n, n, 0.01) > p)
  }
})

test('Wilson bounds solve (k/n − p)² = z² p (1 − p) / n', t => {
  for (const [k, n, z] of [
    [3, 10, 1.96],
    [9_999, 10_000, 2.58],
    [12.5, 40.25, 1],
  ] as const) {
    for (const p of Object.values(wilson(k, n, z))) {
      t.true(Math.abs((k / n - p) ** 2 - (z * z * p * (1 - p)) / n) < 1e-14)
    }
  }
})

test('the intervals are mirrored, reach the ends exactly and know nothing without trials', t => {
  for (const interval of [wilson, clopperPearson]) {
    const [some, others] = [interval(3, 20), interval(17, 20)]
    t.true(Math.abs(some.low + others.high - 1) < 1e-12)
    t.true(Math.abs(some.high + others.low - 1) < 1e-12)
    t.is(interval(0, 20).low, 0)
    t.is(interval(20, 20).high, 1)
    t.deepEqual(interval(0, 0), { low: 0, high: 1 })
  }
})

test('impossible counts are refused', t => {
  for (const [k, n] of [
    [-1, 5],
    [6, 5],
    [Number.NaN, 5],
    [1, Number.NaN],
    [1, Number.POSITIVE_INFINITY],
  ] as const) {
    for (const interval of [wilson, clopperPearson]) {
      t.throws(() => interval(k, n), { instanceOf: RangeError, message: /^invalid counts: / })
    }
  }
})
