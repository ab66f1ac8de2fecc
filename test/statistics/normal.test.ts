import test from 'ava'
import { inverseNormal } from '../../src/random/quantiles.ts'
import { normalDistribution } from '../../src/statistics/normal.ts'

/** SciPy 1.17.1, scipy.stats.norm.cdf. */
const published = [
  [-8, 6.22096057427174e-16],
  [-3, 0.0013498980316300933],
  [-1.5, 0.06680720126885807],
  [-0.3, 0.3820885778110474],
  [0, 0.5],
  [0.7, 0.758036347776927],
  [2.2, 0.9860965524865014],
  [5, 0.9999997133484281],
] as const

test("the normal distribution function has SciPy's digits in the centre and in both tails", t => {
  for (const [x, p] of published) {
    t.true(Math.abs(normalDistribution(x) / p - 1) < 1e-12, `${x}: ${normalDistribution(x)}`)
  }
  t.is(normalDistribution(-Infinity), 0)
  t.is(normalDistribution(Infinity), 1)
  t.true(Number.isNaN(normalDistribution(Number.NaN)))
})

test('it inverts the quantile', t => {
  for (const p of [1e-12, 0.001, 0.025, 0.31, 0.5, 0.9, 0.999]) {
    t.true(Math.abs(normalDistribution(inverseNormal(p)) / p - 1) < 1e-12, `${p}`)
  }
})
