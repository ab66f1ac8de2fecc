import test from 'ava'
import {
  degreeSums,
  leastDegree,
  powerLawStatistic,
  withDegree,
} from '../../../attacks/graph/degree-test.ts'
import { stream } from '../../../src/random/stream.ts'

/** Largest log-likelihood of a power law from d = 1.5 on, searched over its exponent. */
function searched(degrees: readonly number[]): number {
  const least = leastDegree - 0.5
  const counted = degrees.filter(degree => degree >= leastDegree)
  let best = -Infinity
  for (let alpha = 1.001; alpha < 12; alpha += 0.0005) {
    const sum = counted.reduce(
      (total, d) => total + Math.log((alpha - 1) / least) - alpha * Math.log(d / least),
      0,
    )
    best = Math.max(best, sum)
  }
  return best
}

const drawn = (name: string, alpha: number) =>
  Array.from(stream(1, 'test', name).uniforms(new Float32Array(200)), u =>
    Math.floor(1 / (1 - u) ** (1 / (alpha - 1))),
  )

test('the statistic is twice the gain of two fitted power laws over one', t => {
  const [first, second] = [drawn('first', 2.2), drawn('second', 3)]
  const direct = 2 * (searched(first) + searched(second) - searched([...first, ...second]))
  const statistic = powerLawStatistic(degreeSums(first), degreeSums(second))
  t.true(statistic > 1)
  t.true(Math.abs(statistic - direct) < 1e-3, `${statistic} instead of ${direct}`)
})

test('equal samples have statistic zero, and it is never negative', t => {
  const degrees = degreeSums(drawn('first', 2.2))
  t.true(Math.abs(powerLawStatistic(degrees, degrees)) < 1e-9)
  for (let at = 0; at < 20; at++) {
    t.true(powerLawStatistic(degrees, degreeSums(drawn(`other ${at}`, 2.2))) > -1e-9)
  }
  t.is(powerLawStatistic(degreeSums([]), degreeSums([1, 0])), 0)
})

test('sums are kept up to date when a degree changes, also across the least degree', t => {
  const degrees = [1, 2, 5, 2, 9]
  for (const [at, after] of [
    [0, 2],
    [1, 1],
    [2, 6],
    [0, 0],
  ] as const) {
    const changed = degrees.with(at, after)
    const updated = withDegree(degreeSums(degrees), degrees[at]!, after)
    const direct = degreeSums(changed)
    t.is(updated.count, direct.count)
    t.true(Math.abs(updated.logarithms - direct.logarithms) < 1e-12)
  }
})
