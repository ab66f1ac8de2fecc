import test from 'ava'
import type { Victim } from '../../../attacks/victim.ts'
import { tf } from '../../../src/engine/tf.ts'
import {
  type Certificate,
  certificate,
  certifiedAccuracy,
  certify,
} from '../../../src/evaluation/smoothing/certify.ts'
import { noisyCounts } from '../../../src/evaluation/smoothing/noisy-counts.ts'
import { smoothingSchema } from '../../../src/evaluation/smoothing/options.ts'
import { predictSmoothed, topClass } from '../../../src/evaluation/smoothing/predict-smoothed.ts'
import { inverseNormal } from '../../../src/random/quantiles.ts'
import { stream } from '../../../src/random/stream.ts'
import { normalDistribution } from '../../../src/statistics/normal.ts'
import { leavesNoTensors, useEngine } from '../../with-engine.ts'
import { linearVictim } from './linear-victim.ts'

useEngine()

const options = (changes: object = {}) => smoothingSchema.parse({ sigma: 0.25, ...changes })
const rounded = (values: readonly number[], digits: number) =>
  values.map(value => Number(value.toFixed(digits)))

test('the defaults are those of the paper; σ has none', t => {
  t.deepEqual(options(), {
    sigma: 0.25,
    selection: 100,
    estimation: 100_000,
    alpha: 0.001,
    batch: 1000,
  })
  t.false(smoothingSchema.safeParse({}).success)
  t.false(smoothingSchema.safeParse({ sigma: 0.25, alpha: 0 }).success)
})

test('the top radii are those of n, n − 1, … copies of one class', t => {
  const radii = (alpha: number) =>
    [0, 1, 2, 3, 4].map(missing => certificate(7, 100_000 - missing, options({ alpha })).radius)
  // The published tables for CIFAR-10 hold .978 .955 .941 .929 .920: they were made with α .01.
  t.deepEqual(rounded(radii(0.01), 4), [0.9776, 0.9553, 0.9407, 0.9295, 0.9203])
  t.deepEqual(rounded(radii(0.001), 4), [0.9529, 0.9348, 0.9224, 0.9127, 0.9047])
  // All copies: σ Φ⁻¹(α^(1/n)).
  const largest = certificate(7, 100_000, options({ sigma: 1 })).radius
  t.true(Math.abs(largest - inverseNormal(0.001 ** 1e-5)) < 1e-8)
  t.is(largest.toFixed(4), '3.8115')
})

test('a bound below one half abstains', t => {
  // SciPy 1.17.1: beta.ppf(.001, k, n - k + 1) crosses ½ between k = 65 and k = 66 of 100.
  const few = options({ estimation: 100 })
  t.deepEqual({ ...certificate(3, 65, few), lower: 0 }, { prediction: null, radius: 0, lower: 0 })
  const sure = certificate(3, 66, few)
  t.is(sure.prediction, 3)
  t.true(sure.radius > 0 && sure.lower > 0.5)
  t.is(certificate(3, 0, few).prediction, null)
})

const weights = [3, -4, 0, 1]
const length = Math.hypot(...weights)

/** A point at this signed distance from the plane w · x = 1, in units of the input. */
const at = (distance: number) =>
  Float32Array.from([0.5, 0.1, 0.3, -0.1], (value, axis) => {
    return value + (distance * weights[axis]!) / length
  })

test.serial(
  'on a linear model the radius nears the distance from the plane',
  leavesNoTensors(t => {
    const victim = linearVictim(weights, -1)
    const settings = options({ sigma: 0.5, estimation: 20_000 })
    for (const distance of [-0.6, 0.05, 0.3, 0.9]) {
      const found = certify(victim, at(distance), settings, 1, 0)
      t.is(found.prediction, distance > 0 ? 1 : 0)
      const truth = Math.abs(distance)
      // The bound lies about 3.1 standard errors under the share; seven allow for the share's own.
      const p = normalDistribution(truth / 0.5)
      const slope = Math.exp(-0.5 * (truth / 0.5) ** 2) / Math.sqrt(2 * Math.PI)
      const error = (0.5 * Math.sqrt((p * (1 - p)) / 20_000)) / slope
      t.true(found.radius <= truth, `${found.radius} certified at ${truth}`)
      t.true(found.radius > truth - 7 * error, `${found.radius} certified at ${truth}`)
    }
  }),
)

test.serial('certificates are too large for a share α of examples at most', t => {
  const victim = linearVictim(weights, -1)
  const settings = options({ estimation: 300, selection: 20, alpha: 0.1 })
  const n = 400
  const certificates = Array.from({ length: n }, (_, example) =>
    certify(victim, at(0.2), settings, 9, example),
  )
  const wrong = certificates.filter(({ prediction, radius }) => prediction !== 1 || radius > 0.2)
  // Standard error of the share: 1.5 points.
  const error = Math.sqrt((0.1 * 0.9) / n)
  t.true(wrong.length / n < 0.1 + 3 * error, `${wrong.length}`)
  t.true(wrong.length / n > 0.1 - 5 * error, `${wrong.length}`)
})

test.serial('the copies that select a class are not those that estimate it', t => {
  const victim = linearVictim(weights, -1)
  const settings = options({ selection: 99, estimation: 99 })
  // On the plane itself the class selected is as often behind as ahead among fresh copies.
  const half = certificate(0, 49, settings).lower
  const n = 300
  const ahead = Array.from({ length: n }, (_, example) => example).filter(
    example => certify(victim, at(0), settings, 6, example).lower > half,
  )
  t.true(Math.abs(ahead.length / n - 0.5) < 4 * Math.sqrt(0.25 / n), `${ahead.length}`)
})

test.serial('CERTIFY and PREDICT abstain as often as the binomial law says', t => {
  const victim = linearVictim(weights, -1)
  const distance = 0.25 * inverseNormal(0.65)
  const settings = options({ estimation: 100, selection: 100, alpha: 0.001 })
  const n = 500
  const examples = Array.from({ length: n }, (_, example) => example)
  const share = (abstains: (example: number) => boolean) => examples.filter(abstains).length / n
  const certified = share(e => certify(victim, at(distance), settings, 4, e).prediction === null)
  const predicted = share(e => predictSmoothed(victim, at(distance), settings, 4, e) === null)
  // SciPy 1.17.1: CERTIFY needs 66 of 100 copies and abstains with binom.cdf(65, 100, .65); PREDICT
  // needs 67 for either class and abstains with binom.cdf(66, 100, .65) − binom.cdf(33, 100, .65).
  for (const [seen, expected] of [
    [certified, 0.537568],
    [predicted, 0.619709],
  ] as const) {
    const error = Math.sqrt((expected * (1 - expected)) / n)
    t.true(Math.abs(seen - expected) < 4 * error, `${seen} instead of ${expected}`)
  }
})

test("PREDICT's test is the two-sided binomial one between the two most frequent classes", t => {
  // SciPy 1.17.1: binomtest(60, 100).pvalue = .0568879, binomtest(70, 100).pvalue = 7.85014e-5.
  t.is(topClass([40, 60, 0], 0.056), null)
  t.is(topClass([40, 60, 0], 0.057), 1)
  t.is(topClass([5, 30, 12, 70], 0.0000785), null)
  t.is(topClass([5, 30, 12, 70], 0.0000786), 3)
  t.is(topClass([50, 50], 0.4), null)
  t.is(topClass([0, 10], 0.001), null)
  t.is(topClass([0, 11], 0.001), 1)
  t.is(topClass([0, 0], 0.4), null)
})

test.serial(
  'counts do not depend on the size of the batch; the seed and the example fix them',
  leavesNoTensors(t => {
    const victim = linearVictim(weights, -1)
    const count = (batch: number, ...path: number[]) =>
      noisyCounts(victim, at(0.1), { sigma: 0.25, copies: 1000, batch }, stream(3, ...path))
    const whole = count(1000, 0)
    t.is(whole[0]! + whole[1]!, 1000)
    t.deepEqual(count(7, 0), whole)
    t.notDeepEqual(count(1000, 1), whole)
    const certificates = [1000, 333].map(batch =>
      certify(victim, at(0.1), options({ estimation: 2000, batch }), 5, 2),
    ) as [Certificate, Certificate]
    t.deepEqual(certificates[0], certificates[1])
  }),
)

test.serial(
  'noise is not clipped, and copies without numbers count for no class',
  leavesNoTensors(t => {
    const counted = (bias: number) =>
      noisyCounts(
        linearVictim([1], bias),
        Float32Array.of(1),
        { sigma: 0.25, copies: 4000, batch: 4000 },
        stream(1),
      )
    const share = counted(-1.25)[1]! / 4000
    const beyond = 1 - normalDistribution(1)
    t.true(Math.abs(share - beyond) < 4 * Math.sqrt((beyond * (1 - beyond)) / 4000))
    t.deepEqual([...counted(Number.NaN)], [0, 0])
    const lost = certify(
      linearVictim([1], Number.NaN),
      Float32Array.of(1),
      options({ estimation: 500 }),
      0,
      0,
    )
    t.is(lost.prediction, null)
  }),
)

test.serial(
  'images are given to the model in their own shape',
  leavesNoTensors(t => {
    const seen: number[][] = []
    const victim: Victim = {
      classes: 3,
      bounds: [0, 1],
      inputShape: [2, 2, 1],
      capabilities: [],
      logits: x => {
        seen.push(x.shape)
        return tf.tidy(() => tf.tile(tf.tensor2d([[0, 2, 1]]), [x.shape[0]!, 1]))
      },
    }
    const found = certify(
      victim,
      new Float32Array(4),
      options({ selection: 5, estimation: 30, batch: 20 }),
      0,
      0,
    )
    t.is(found.prediction, 1)
    t.deepEqual(seen, [
      [5, 2, 2, 1],
      [20, 2, 2, 1],
      [10, 2, 2, 1],
    ])
  }),
)

test('certified accuracy counts right classes with large enough radii', t => {
  const certificates = [
    { prediction: 1, radius: 0.5, lower: 0.9 },
    { prediction: 0, radius: 0.9, lower: 0.95 },
    { prediction: null, radius: 0, lower: 0.4 },
    { prediction: 2, radius: 0.2, lower: 0.7 },
  ]
  t.deepEqual(
    certifiedAccuracy(certificates, [1, 1, 0, 2], [0, 0.2, 0.21, 0.5, 0.51]),
    [0.5, 0.5, 0.25, 0.25, 0],
  )
  t.throws(() => certifiedAccuracy(certificates, [1, 1], [0]), { message: /^invalid labels: 2/ })
  t.throws(() => certifiedAccuracy([], [], [0]), { message: /^invalid labels: 0/ })
})
