import test from 'ava'
import { mcnemar, mcnemarMidP, pairedDifference } from '../../src/statistics/paired.ts'

const z = 1.959963984540054
const near = (found: number, expected: number, tolerance = 1e-12) =>
  Math.abs(found - expected) <= tolerance * Math.max(1, Math.abs(expected))

test('McNemar is twice the smaller binomial tail', t => {
  t.is(mcnemar(0, 0), 1)
  t.is(mcnemar(4, 4), 1)
  t.true(near(mcnemar(0, 10), 2 * 0.5 ** 10))
  // 2 (C(6,0) + C(6,1)) / 2⁶
  t.true(near(mcnemar(1, 5), 14 / 64))
  // 2 (1 + 20 + 190 + 1140) / 2²⁰
  t.true(near(mcnemar(17, 3), 2702 / 2 ** 20))
  t.is(mcnemar(17, 3), mcnemar(3, 17))
})

test('McNemar keeps its digits far out in the tail', t => {
  t.true(Math.abs(mcnemar(0, 200) / (2 * 0.5 ** 200) - 1) < 1e-10)
})

test('the mid-p value is the exact one less the probability of what was seen', t => {
  // Fagerland, Lydersen and Laake (2013), section 5: 1 and 7 discordant pairs, 0.070 and 0.039.
  t.deepEqual([mcnemar(1, 7).toFixed(3), mcnemarMidP(1, 7).toFixed(3)], ['0.070', '0.039'])
  t.true(near(mcnemarMidP(7, 1), (2 * 9 - 8) / 256))
  t.true(near(mcnemarMidP(0, 10), 0.5 ** 10))
  // As many either way: 1 − ½ C(8, 4) / 2⁸.
  t.true(near(mcnemarMidP(4, 4), 1 - 35 / 256))
  t.is(mcnemarMidP(0, 0), 1)
  t.throws(() => mcnemarMidP(1, -2), { message: /^invalid count: -2/u })
})

test('without a difference the mid-p value rejects at 5 % in about 5 % of the cases', t => {
  // Exactly, over all outcomes of n discordant pairs; one n alone may lie above (50: 6.5 %).
  const rates = Array.from({ length: 101 }, (_, at) => {
    const n = at + 20
    let [midP, exact, probability] = [0, 0, 0.5 ** n]
    for (let k = 0; k <= n; k++) {
      if (mcnemarMidP(k, n - k) <= 0.05) midP += probability
      if (mcnemar(k, n - k) <= 0.05) exact += probability
      probability *= (n - k) / (k + 1)
    }
    return { midP, exact }
  })
  const average = rates.reduce((sum, { midP }) => sum + midP, 0) / rates.length
  t.true(Math.abs(average - 0.05) < 0.003, `${average}`)
  for (const { midP, exact } of rates) t.true(exact <= 0.05 && exact <= midP && midP < 0.07)
})

test('without discordant pairs the interval is ± z / (n + 2)', t => {
  const { difference, low, high, p } = pairedDifference(0, 0, 98)
  t.is(difference, 0)
  t.true(near(low, -z / 100))
  t.true(near(high, z / 100))
  t.is(p, 1)
})

test("the interval is Wald's on the table with half an example more in each cell", t => {
  const [b, c, n] = [86, 150, 1600]
  const [b2, c2, n2] = [b + 0.5, c + 0.5, n + 2]
  const centre = (c2 - b2) / n2
  const half = (z * Math.sqrt(b2 + c2 - (c2 - b2) ** 2 / n2)) / n2
  const found = pairedDifference(b, c, n)
  t.true(near(found.difference, 0.04))
  t.true(near(found.low, centre - half))
  t.true(near(found.high, centre + half))
  // These counts are Agresti's, Categorical Data Analysis, section 10.1; his interval is Wald's.
  t.deepEqual([found.low.toFixed(2), found.high.toFixed(2)], ['0.02', '0.06'])
  t.true(found.p < 0.001)
})

test('exchanging the two turns the interval round; it never leaves [−1, 1]', t => {
  const [one, other] = [pairedDifference(3, 9, 40), pairedDifference(9, 3, 40)]
  t.true(near(one.low, -other.high))
  t.true(near(one.high, -other.low))
  t.is(one.p, other.p)
  t.is(pairedDifference(0, 2, 2).high, 1)
  t.is(pairedDifference(2, 0, 2).low, -1)
})

test('impossible counts are refused', t => {
  t.throws(() => pairedDifference(3, 3, 5), { message: /^invalid counts: 3 \+ 3 of 5/u })
  t.throws(() => pairedDifference(0, 0, 0), { message: /^invalid counts: / })
  t.throws(() => mcnemar(1.5, 2), { message: /^invalid count: 1\.5/u })
  t.throws(() => mcnemar(1, -2), { message: /^invalid count: -2/u })
})
