import test from 'ava'
import { fitReadout } from '../../../src/evaluation/checks/binarised.ts'
import { excess, fewMissed } from '../../../src/evaluation/checks/compare.ts'
import {
  bestLead,
  greatestGain,
  nearestMean,
} from '../../../src/evaluation/checks/linear-control.ts'
import { solve } from '../../../src/evaluation/checks/solve.ts'
import { breakPointAngle, fallingShare } from '../../../src/evaluation/checks/trace.ts'
import { stream } from '../../../src/random/stream.ts'

const near = (a: number, b: number) => Math.abs(a - b) < 1e-9

test('the best change of a linear score within ball and box', t => {
  const weight = Float64Array.of(3, -4)
  const inside = Float32Array.of(0.5, 0.5)
  t.true(near(greatestGain(weight, inside, 'linf', 0.1), 0.7))
  t.true(near(greatestGain(weight, inside, 'l2', 0.1), 0.5))
  t.true(near(greatestGain(weight, inside, 'l1', 0.1), 0.4))
  // The second value can fall by 1/32 only: the rest of the radius goes to the first.
  const atTheEdge = Float32Array.of(0.5, 1 / 32)
  const room = 1 / 32
  t.true(near(greatestGain(weight, atTheEdge, 'linf', 0.1), 0.3 + 4 * room))
  t.true(near(greatestGain(weight, atTheEdge, 'l1', 0.1), 4 * room + 3 * (0.1 - room)))
  const left = Math.sqrt(0.01 - room ** 2)
  t.true(near(greatestGain(weight, atTheEdge, 'l2', 0.1), 4 * room + 3 * left))
})

test('a change larger than the box gains all that the box holds', t => {
  const weight = Float64Array.of(3, -4)
  for (const norm of ['linf', 'l2', 'l1'] as const) {
    t.true(near(greatestGain(weight, Float32Array.of(0.5, 0.5), norm, 9), 3.5), norm)
  }
})

test('the nearest of two means changes half-way between them', t => {
  const images = Float32Array.of(0, 0.25, 1, 0.25)
  const classifier = nearestMean({ images, labels: Uint8Array.of(0, 1), count: 2 })
  const lead = (x: number, epsilon: number) =>
    bestLead(classifier, Float32Array.of(x, 0.25), 0, { norm: 'l2', epsilon }, 1)
  t.true(lead(0.25, 0.24) < 0)
  t.true(lead(0.25, 0.26) > 0)
})

test('the solution of a symmetric system', t => {
  const matrix = [Float64Array.of(4, 2), Float64Array.of(2, 3)]
  t.deepEqual(
    [...solve(matrix, Float64Array.of(8, 8))].map(x => Math.round(x * 1e9) / 1e9),
    [1, 2],
  )
})

test('a readout puts its threshold between the inner points and the planted one', t => {
  const values = stream(1, 'inner').normals(new Float32Array(300))
  const inner = Array.from({ length: 100 }, (_, at) => values.subarray(3 * at, 3 * at + 3))
  const planted = Float32Array.of(0, 9, 0)
  const { weight, offset } = fitReadout(inner, planted)!
  const lead = (row: Float32Array) => weight.reduce((sum, w, at) => sum + w * row[at]!, offset)
  const largest = Math.max(...inner.map(lead))
  t.true(largest < 0)
  t.true(Math.abs(lead(planted) + largest) < 1e-6, 'half-way')
  t.is(fitReadout(inner, Float32Array.of(0.1, 0, 0)), undefined, 'a point among the others')
  t.is(fitReadout(inner.fill(planted), planted), undefined, 'points that are all the same')
})

test('the angle of a loss curve tells one that levels off from one that still rises', t => {
  t.is(breakPointAngle([0, 1, 2, 3, 4]), 180)
  t.is(breakPointAngle([0, 0, 0, 1]), 180)
  t.is(breakPointAngle([2, 2, 2]), undefined)
  const sudden = breakPointAngle([0, ...Array<number>(1000).fill(1)])!
  t.true(sudden > 90 && sudden < 90.1)
  // From (0, 0) to (1/2, 1), then flat: 180° less the slope's angle, whose tangent is 2.
  t.true(near(breakPointAngle([0, 2, 4, 4, 4])!, 180 - (Math.atan(2) * 180) / Math.PI))
})

test('the share of a loss curve that falls', t => {
  t.is(fallingShare([0, 3, 2, 2]), 0.25)
  t.is(fallingShare([1, 2, 3]), 0)
  t.is(fallingShare([1, 1]), undefined)
})

const outcomes = (robust: readonly boolean[]) =>
  robust.map((withstands, example) => ({
    example,
    label: 0,
    cleanPrediction: 0,
    adversarialPrediction: withstands ? 0 : 1,
    success: !withstands,
    linf: 0,
    l2: 0,
    l1: 0,
    queries: 1,
    brokenBy: 0,
  }))

test('the tolerance is one example, half the paired interval or a point, whichever is largest', t => {
  const share = (n: number, broken: number) =>
    outcomes(Array.from({ length: n }, (_, at) => at >= broken))
  const same = excess(share(10, 0), share(10, 0))
  t.is(same.value, 0)
  t.true(same.tolerance >= 0.1)
  // b = 10, c = 0, n = 100: z √((11 − 100/102) / 102) / √102 is half of Agresti and Min's interval.
  const ten = excess(share(100, 0), share(100, 10))
  t.is(ten.value, 0.1)
  t.true(
    near(
      ten.tolerance,
      (1.959963984540054 * Math.sqrt(11 / 102 - (10 / 102) ** 2)) / Math.sqrt(102),
    ),
  )
  t.is(excess(share(10_000, 0), share(10_000, 0)).tolerance, 0.01)
})

test('only examples that both attacks met are compared', t => {
  const one = outcomes([true, true, true, true])
  t.is(excess(one, outcomes([true, false])).value, 0.5)
})

test('gradients may miss one example, or one in five hundred', t => {
  t.is(fewMissed(40), 1 / 40)
  t.is(fewMissed(5000), 0.002)
})
