import test from 'ava'
import { stream } from '../../src/random/stream.ts'
import { pairedBootstrap } from '../../src/statistics/bootstrap.ts'

const zeros = (n: number) => new Array<number>(n).fill(0)
const firstRight = (right: number, n: number) => zeros(n).map((_, at) => (at < right ? 1 : 0))
const random = (name: string | number) => stream(5, 'bootstrap test', name)

test('a bootstrap mean of 7 ones in 50 is binomial: its quantiles are known', t => {
  // SciPy 1.17.1: binom.ppf([.025, .975], 50, .14) is 3 and 12; BCa with z₀ = .046844 and
  // a = .048908 moves the probabilities to .044323 and .988458, where binom.ppf is 3 and 13.
  const [first, second] = [zeros(50), firstRight(7, 50)]
  const percentile = pairedBootstrap(first, second, random('golden'), { method: 'percentile' })
  t.deepEqual(percentile, { difference: 7 / 50, low: 3 / 50, high: 12 / 50 })
  const bca = pairedBootstrap(first, second, random('golden'))
  t.deepEqual(bca, { difference: 7 / 50, low: 3 / 50, high: 13 / 50 })
})

test('BCa moves the percentiles by bias and acceleration', t => {
  // SciPy 1.17.1, exactly: 5 of 200 has z₀ = .0680 and a = .0717; binom.ppf at the probabilities of
  // BCa. Without the bias outside the fraction 9 were 8, without a 2 and 11 were 1 and 10.
  for (const [level, low, high] of [
    [0.8, 3, 9],
    [0.95, 2, 11],
  ] as const) {
    const options = { level, resamples: 40_000 }
    const found = pairedBootstrap(zeros(200), firstRight(5, 200), random('bca'), options)
    t.deepEqual(found, { difference: 5 / 200, low: low / 200, high: high / 200 })
  }
})

test('pairs stay together: equal outcomes leave nothing to chance', t => {
  const outcomes = firstRight(30, 60)
  for (const method of ['percentile', 'bca'] as const) {
    const found = pairedBootstrap(outcomes, outcomes, random('equal'), { method, resamples: 200 })
    t.deepEqual(found, { difference: 0, low: 0, high: 0 })
  }
})

test('exchanging the two turns the percentiles round, the seed fixes them', t => {
  const options = { method: 'percentile', resamples: 999, level: 0.9 } as const
  const first = random('first').uniforms(new Float32Array(40))
  const second = random('second').uniforms(new Float32Array(40))
  const one = pairedBootstrap(first, second, random('seed'), options)
  const other = pairedBootstrap(second, first, random('seed'), options)
  t.true(Math.abs(one.difference + other.difference) < 1e-12)
  t.true(one.low < one.difference && one.difference < one.high)
  // Of 999 means the 50th and the 950th: mirrored, the one becomes the other.
  t.true(Math.abs(one.low + other.high) < 1e-12)
  t.true(Math.abs(one.high + other.low) < 1e-12)
  t.deepEqual(pairedBootstrap(first, second, random('seed'), options), one)
  t.notDeepEqual(pairedBootstrap(first, second, random('another'), options), one)
})

test('with many examples the interval nears ± 1.96 standard errors', t => {
  const n = 4000
  const values = random('normals').normals(new Float32Array(n))
  const { difference, low, high } = pairedBootstrap(zeros(n), values, random('many'), {
    resamples: 2000,
  })
  const squares = values.reduce((sum, value) => sum + (value - difference) ** 2, 0)
  const width = 2 * 1.959963984540054 * (Math.sqrt(squares) / n)
  // A 2.5 % quantile of 2000 normals has a standard error of 0.060 standard deviations.
  t.true(Math.abs(high - low - width) < (4 * 0.06 * Math.SQRT2 * width) / 3.92)
})

test('a 90 % interval of 60 pairs covers in 90 % of simulations', t => {
  // 500 simulations: standard error 1.3 points. The true difference is 0.3 − 0.15.
  const simulations = 500
  for (const method of ['percentile', 'bca'] as const) {
    let covered = 0
    for (let at = 0; at < simulations; at++) {
      const uniforms = random(`coverage ${at}`).uniforms(new Float32Array(60))
      const first = uniforms.map(u => (u < 0.15 ? 1 : 0))
      const second = uniforms.map(u => (u >= 0.15 && u < 0.45 ? 1 : 0))
      const options = { resamples: 400, level: 0.9, method }
      const { low, high } = pairedBootstrap(first, second, random(at), options)
      if (low <= 0.15 + 1e-12 && high >= 0.15 - 1e-12) covered++
    }
    const error = Math.sqrt((0.9 * 0.1) / simulations)
    // Sixty pairs leave the bootstrap up to two points short; the rest is chance.
    t.true(Math.abs(covered / simulations - 0.9) < 0.02 + 3 * error, `${method}: ${covered}`)
  }
})

test('unequal or missing examples and useless options are refused', t => {
  t.throws(() => pairedBootstrap([], [], random(0)), { message: /^invalid pairs: 0 and 0/u })
  t.throws(() => pairedBootstrap([1], [1, 0], random(0)), { message: /^invalid pairs: 1 and 2/u })
  t.throws(() => pairedBootstrap([1], [1], random(0), { resamples: 0.5 }), {
    message: /^invalid resamples: 0\.5/u,
  })
  t.throws(() => pairedBootstrap([1], [1], random(0), { level: 1 }), {
    message: /^invalid level: 1/u,
  })
})
