import test from 'ava'
import { stream } from '../../src/random/stream.ts'
import { incompleteBeta, inverseIncompleteBeta } from '../../src/statistics/beta.ts'
import { logGamma } from '../../src/statistics/gamma.ts'
import { studentQuantile, studentTest, summarise } from '../../src/statistics/mean.ts'

test("Student's quantiles agree with closed forms and the printed tables", t => {
  // One degree of freedom is Cauchy's distribution, two have t = (2p − 1) √(2 / (4p (1 − p))).
  t.true(Math.abs(studentQuantile(0.975, 1) - Math.tan(Math.PI * 0.475)) < 1e-9)
  t.true(Math.abs(studentQuantile(0.975, 2) - 0.95 * Math.sqrt(2 / (4 * 0.975 * 0.025))) < 1e-9)
  const table = [3, 4, 10, 30].map(freedom => studentQuantile(0.975, freedom).toFixed(3))
  t.deepEqual(table, ['3.182', '2.776', '2.228', '2.042'])
  t.is(studentQuantile(0.5, 7), 0)
})

test('mean, spread and interval of 1 to 5', t => {
  const summary = summarise([1, 2, 3, 4, 5])
  t.is(summary.n, 5)
  t.is(summary.mean, 3)
  t.true(Math.abs(summary.sd! - Math.sqrt(2.5)) < 1e-14)
  t.true(Math.abs(summary.standardError! - Math.sqrt(0.5)) < 1e-14)
  t.true(Math.abs(summary.high! - (3 + 2.7764451051977987 * Math.sqrt(0.5))) < 1e-9)
  t.true(Math.abs(summary.low! + summary.high! - 6) < 1e-12)
})

test('the t-interval of five values covers in 95 % of 4000 simulations', t => {
  // Standard error: 0.34 points. With the normal quantile 12 % would be missed.
  const normals = stream(3, 't interval').normals(new Float32Array(20_000))
  const covers = Array.from({ length: 4000 }, (_, at) => {
    const { low, high } = summarise([...normals.subarray(5 * at, 5 * at + 5)])
    return low! <= 0 && high! >= 0
  })
  const share = covers.filter(Boolean).length / 4000
  t.true(Math.abs(share - 0.95) < 3 * 0.0034, `${share}`)
})

test("Student's test of a mean agrees with closed forms, and with the interval's bounds", t => {
  // With two values the distribution is Cauchy's: p = 1 − 2 arctan(t) / π, and t = 3 here.
  t.true(Math.abs(studentTest([1, 2]) - (1 - (2 / Math.PI) * Math.atan(3))) < 1e-12)
  // With three: p = 1 − t / √(2 + t²), and t = 2 √3 here.
  t.true(Math.abs(studentTest([1, 2, 3]) - (1 - Math.sqrt(12 / 14))) < 1e-12)
  const values = [0.3, -0.1, 0.4, 0.2, 0.25]
  const { low } = summarise(values, 1 - studentTest(values))
  t.true(Math.abs(low!) < 1e-9)
  t.is(studentTest([0, 0, 0]), 1)
  t.is(studentTest([-1, 1]), 1)
  t.is(studentTest([0.2, 0.2]), 0)
  t.throws(() => studentTest([1]), { message: /^missing values/u })
})

test('a spread survives a large offset', t => {
  t.is(summarise([1e9 + 1, 1e9 + 2, 1e9 + 3]).sd, 1)
})

test('one value has a mean and no spread; none, or NaN, is refused', t => {
  t.deepEqual(summarise([0.5]), {
    n: 1,
    mean: 0.5,
    sd: null,
    standardError: null,
    low: null,
    high: null,
  })
  t.throws(() => summarise([]), { message: /^missing values/u })
  t.throws(() => summarise([1, Number.NaN]), { message: /^invalid value: NaN/u })
})

test('the logarithm of gamma at whole and half numbers', t => {
  const factorial = (n: number): number => (n < 2 ? 1 : n * factorial(n - 1))
  for (const n of [1, 2, 5, 20, 100]) {
    t.true(Math.abs(logGamma(n) - Math.log(factorial(n - 1))) < 1e-12 * Math.max(1, logGamma(n)))
  }
  t.true(Math.abs(logGamma(0.5) - Math.log(Math.sqrt(Math.PI))) < 1e-14)
  t.true(Math.abs(logGamma(0.25) + logGamma(0.75) - Math.log(Math.PI * Math.SQRT2)) < 1e-14)
})

test('the incomplete beta function has its closed forms, its symmetry and its inverse', t => {
  for (const x of [0, 1e-9, 0.2, 0.5, 0.9, 1]) {
    t.true(Math.abs(incompleteBeta(x, 3, 1) - x ** 3) < 1e-14)
    t.true(Math.abs(incompleteBeta(x, 1, 4) - (1 - (1 - x) ** 4)) < 1e-14)
    t.true(Math.abs(incompleteBeta(x, 0.5, 0.5) - (2 / Math.PI) * Math.asin(Math.sqrt(x))) < 1e-13)
  }
  for (const [a, b] of [
    [0.5, 0.5],
    [2, 9],
    [9_000, 1_001],
  ] as const) {
    for (const p of [0, 1e-6, 0.025, 0.5, 0.975, 1]) {
      t.true(Math.abs(incompleteBeta(inverseIncompleteBeta(p, a, b), a, b) - p) < 1e-10)
    }
  }
})
