import test from 'ava'
import { Moments, type Reference } from '../../src/probes/moments.ts'
import { generator } from '../../src/random/generator.ts'

const exact = (values: readonly number[]): Reference => ({ values, variance: 0, spread: 0 })
const near = (found: number | null, expected: number, by = 1e-9) =>
  found !== null && Math.abs(found - expected) < by

test('moments of written-out vectors', t => {
  const moments = new Moments(2, [exact([3, 4])])
  for (const one of [
    [6, 8],
    [0, 4],
    [3, 0],
  ]) {
    moments.add(new Float32Array(one))
  }
  const found = moments.against(0)
  t.is(found.norm, 5)
  // Means 3 and 4; deviations 9 + 9 and 16 + 0 + 16, over n - 1 = 2.
  t.true(near(moments.variance, 25))
  t.true(near(found.cosineMean, (1 + 0.8 + 0.6) / 3))
  t.true(near(found.cosineSd, 0.2))
  t.true(near(found.cosineOfMean, 1))
  t.is(found.bias, 0)
  t.is(found.biasResolution, null, 'three estimates are no two pairs')
})

test('the sampling error is taken out of the bias', t => {
  const moments = new Moments(2, [exact([3, 4]), { values: [3, 4], variance: 9, spread: 2 }])
  // Mean (6, 8), variance (1 + 1 + 4 + 4) / 1 = 10; the squared distance is 25.
  moments.add(new Float32Array([5, 6]))
  moments.add(new Float32Array([7, 10]))
  t.true(near(moments.variance, 10))
  t.true(near(moments.against(0).bias, Math.sqrt(25 - 10 / 2) / 5))
  // The reference has an error of its own, in its norm too: 25 - 9 = 16.
  t.is(moments.against(1).norm, 4)
  t.true(near(moments.against(1).bias, Math.sqrt(25 - 10 / 2 - 9) / 4))
})

test('a zero reference has no bias and no cosine', t => {
  const moments = new Moments(2, [exact([0, 0])])
  moments.add(new Float32Array([1, 0]))
  moments.add(new Float32Array([0, 1]))
  t.deepEqual(moments.against(0), {
    norm: 0,
    cosineMean: null,
    cosineSd: null,
    cosineOfMean: null,
    bias: null,
    biasResolution: null,
  })
})

/** Estimates `reference + shift + noise` of a vector of ones, with noise of variance one. */
function noisy(shift: number, length: number, repeats: number, seed: number) {
  const random = generator(seed, 'moments')
  const moments = new Moments(length, [exact(Array(length).fill(1))])
  for (let repeat = 0; repeat < repeats; repeat++) {
    moments.add(Float32Array.from({ length }, () => 1 + shift + random.normal()))
  }
  return moments
}

test('a known bias is found however few the estimates, an absent one is not', t => {
  for (const repeats of [10, 40, 160]) {
    const { bias, biasResolution } = noisy(0.5, 400, repeats, 1).against(0)
    t.true(near(bias, 0.5, 0.03), `${repeats} repeats: ${bias}`)
    t.true(bias! > biasResolution!)
  }
  // Without its sampling error removed, 10 repeats would show a bias of √(1 / 10).
  t.true(noisy(0, 400, 10, 2).against(0).bias! < 0.15)
})

test('the resolution is what an unbiased estimator stays below 95 times of 100', t => {
  const runs = Array.from({ length: 200 }, (_, seed) => noisy(0, 50, 20, seed).against(0))
  const below = runs.filter(({ bias, biasResolution }) => bias! <= biasResolution!).length
  t.true(below >= 180 && below < 200, `${below} of 200`)
  // Covariance I of length 50: spread √50; 1.645 √2 √50 / 20 over the squared norm 50.
  const expected = Math.sqrt((1.645 * Math.SQRT2 * Math.sqrt(50)) / 20 / 50)
  const mean = runs.reduce((sum, { biasResolution }) => sum + biasResolution!, 0) / runs.length
  t.true(near(mean, expected, 0.1 * expected), `${mean} for ${expected}`)
})

test('moments are a reference with the error of their mean', t => {
  const { variance, spread } = noisy(0, 100, 400, 3).reference()
  t.true(near(variance, 100 / 400, 0.02))
  t.true(near(spread, Math.sqrt(100) / 400, 0.1 * (10 / 400)))
})
