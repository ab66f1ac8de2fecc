import test from 'ava'
import { clopperPearson } from '../../src/statistics/clopper-pearson.ts'
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
