import test from 'ava'
import { summarise } from '../../src/statistics/mean.ts'
import { welch } from '../../src/statistics/welch.ts'

const sample = (values: readonly number[]) => {
  const { n, mean, sd } = summarise(values)
  return { n, mean, sd: sd! }
}

test("Welch's test agrees with scipy 1.17.1, scipy.stats.ttest_ind(equal_var=False)", t => {
  const cases: readonly (readonly [number[], number[], number, number, number])[] = [
    [[1, 2, 4, 7, 11], [3, 8, 9, 14], 0.2708078550052247, -10.529810727069437, 3.529810727069437],
    [
      [0.8, 0.82, 0.79],
      [0.7, 0.76, 0.71, 0.74],
      0.006368290760266805,
      0.03316659119488469,
      0.11850007547178193,
    ],
  ]
  for (const [first, second, p, low, high] of cases) {
    const found = welch(sample(first), sample(second))
    t.true(Math.abs(found.p - p) < 1e-10)
    // scipy subtracts the second from the first.
    t.true(Math.abs(found.low + high) < 1e-9)
    t.true(Math.abs(found.high + low) < 1e-9)
  }
})

test('without any spread there is nothing to judge by', t => {
  const flat = { n: 3, mean: 1, sd: 0 }
  t.is(welch(flat, { ...flat, mean: 2 }).p, 1)
  t.throws(() => welch({ ...flat, n: 1 }, flat), { instanceOf: RangeError })
})
