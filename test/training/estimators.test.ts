import test, { type ExecutionContext } from 'ava'
import { architectureSchema, buildNetwork } from '../../models/architecture.ts'
import { initialise } from '../../models/initialise.ts'
import { imageInput } from '../../models/input.ts'
import type { Network } from '../../models/network.ts'
import { tf } from '../../src/engine/tf.ts'
import { backprop } from '../../src/training/estimators/backprop.ts'
import { backpropNoise } from '../../src/training/estimators/backprop-noise.ts'
import type { Batch } from '../../src/training/estimators/estimator.ts'
import {
  type LikelihoodRatioOptions,
  likelihoodRatio,
} from '../../src/training/estimators/likelihood-ratio.ts'
import type { Loss } from '../../src/training/loss.ts'
import { leavesNoTensors, uniformTensor, useEngine } from '../with-engine.ts'
import {
  denseLayer,
  flat,
  layerFixture,
  layers,
  noiseOf,
  options,
  quadratic,
  repeat,
  totalVariance,
} from './estimator-fixtures.ts'

useEngine()

const estimates = 1000

for (const [name, network] of Object.entries(layers)) {
  for (const antithetic of [true, false]) {
    for (const baseline of ['none', 'clean'] as const) {
      test.serial(
        `${name}: the mean of ${estimates} estimates is the closed form ` +
          `(antithetic ${antithetic}, baseline ${baseline})`,
        leavesNoTensors(t => {
          const { parameters, batch, truth, dispose } = layerFixture(network)
          const estimator = likelihoodRatio(options({ antithetic, baseline }), quadratic)
          repeat(estimator, network, parameters, batch, estimates).forEach(
            ({ mean, error }, at) => {
              const deviation = (mean - truth[at]!) / error
              t.true(Math.abs(deviation) < 4, `entry ${at}: ${deviation} standard errors`)
            },
          )
          dispose()
        }),
      )
    }
  }
}

interface Fixture {
  readonly network: Network
  readonly parameters: Record<string, tf.Tensor>
  readonly batch: Batch
}

/** A small lenet, on two images of 4x4 pixels and three classes. */
function smallLenet(t: ExecutionContext): Fixture {
  return fixture(t, { name: 'lenet', channels: [2, 3], hidden: 4, activation: 'tanh' })
}

function fixture(t: ExecutionContext, architecture: object): Fixture {
  const network = buildNetwork(architectureSchema.parse(architecture), imageInput([4, 4, 1], 3))
  const parameters = initialise(network, 2) as Record<string, tf.Tensor>
  const batch: Batch = {
    x: uniformTensor([2, 4, 4, 1], 'images') as tf.Tensor4D,
    labels: tf.oneHot(tf.tensor1d([0, 2], 'int32'), 3).toFloat() as tf.Tensor2D,
  }
  t.teardown(() => tf.dispose([batch.x, batch.labels, parameters]))
  return { network, parameters, batch }
}

test.serial('at every site the estimate agrees with backprop through the same noise', t => {
  const { network, parameters, batch } = smallLenet(t)
  const noise = options({ copies: 8, sigma: 0.2 })
  const ratio = repeat(likelihoodRatio(noise), network, parameters, batch, 1500)
  const pathwise = repeat(backpropNoise(noise), network, parameters, batch, 300)
  ratio.forEach(({ mean, error }, at) => {
    const combined = Math.hypot(error, pathwise[at]!.error)
    // Some taps of the second kernel see padding alone: both are exactly zero there.
    t.true(Math.abs(mean - pathwise[at]!.mean) <= 4.5 * combined, `entry ${at}`)
  })
})

// Without pooling: where two pooled values are closer than the noise, the clean gradient differs.
test.serial('cosine to backprop goes to one with many copies and little noise', t => {
  const smooth = { name: 'mlp', hidden: [6, 5], activation: 'tanh' }
  const { network, parameters, batch } = fixture(t, smooth)
  const reference = backprop().estimate(network, parameters, batch, noiseOf(0))
  const truth = flat(network, reference.gradients)
  const cosineWith = (copies: number) => {
    const estimator = likelihoodRatio(options({ copies, sigma: 0.01 }))
    const { gradients, loss } = estimator.estimate(network, parameters, batch, noiseOf(1))
    const values = flat(network, gradients)
    tf.dispose([loss, gradients])
    return cosine(values, truth)
  }
  tf.dispose([reference.loss, reference.gradients])
  const [few, more, many] = [cosineWith(2), cosineWith(64), cosineWith(16_384)]
  t.true(few < 0.8 && few < more, `2 copies: ${few}, 64: ${more}`)
  t.true(many > 0.999, `16384 copies: ${many}`)
})

function cosine(a: readonly number[], b: readonly number[]): number {
  const dot = (x: readonly number[], y: readonly number[]) =>
    x.reduce((sum, value, at) => sum + value * y[at]!, 0)
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b))
}

test.serial('the variance falls as one over the number of copies', t => {
  const { network, parameters, batch } = smallLenet(t)
  const variance = (copies: number) =>
    totalVariance(repeat(likelihoodRatio(options({ copies })), network, parameters, batch, 400))
  const ratio = variance(4) / variance(16)
  t.true(ratio > 3.2 && ratio < 5, `4 expected: ${ratio}`)
})

test.serial('baseline and antithetic pairs lower the variance and keep the mean', t => {
  const { network, parameters, batch } = smallLenet(t)
  const measure = (change: Partial<LikelihoodRatioOptions>) =>
    repeat(likelihoodRatio(options(change)), network, parameters, batch, 800)
  const plain = measure({ antithetic: false })
  const baseline = measure({ antithetic: false, baseline: 'clean' })
  const pairs = measure({ antithetic: true })
  t.true(totalVariance(baseline) < totalVariance(plain) / 5)
  t.true(totalVariance(pairs) < totalVariance(plain) / 5)
  baseline.forEach(({ mean, error }, at) => {
    t.true(Math.abs(mean - plain[at]!.mean) <= 4.5 * Math.hypot(error, plain[at]!.error))
  })
})

test.serial('pairs cancel constant and even terms of the loss exactly', t => {
  const parameters = initialise(denseLayer, 1) as Record<string, tf.Tensor>
  const batch: Batch = {
    x: uniformTensor([2, 3, 1, 1], 'x') as tf.Tensor4D,
    labels: tf.zeros([2, 2]),
  }
  const clean = denseLayer.logits(parameters, batch.x)
  /** Depends on the distance to the clean output alone: even in the noise. */
  const even: Loss = outputs =>
    tf.tidy(() => {
      const change = tf.sub(tf.reshape(outputs, [-1, 2, 2]), clean)
      return tf.add(tf.sum(tf.square(change), -1), 7) as tf.Tensor2D
    })
  const { gradients, loss } = likelihoodRatio(options({ sigma: 0.25 }), even).estimate(
    denseLayer,
    parameters,
    batch,
    noiseOf(0),
  )
  for (const value of flat(denseLayer, gradients)) t.true(Math.abs(value) < 1e-5, `${value}`)
  tf.dispose([gradients, loss, clean, batch.x, batch.labels, parameters])
})

test.serial('a likelihood-ratio step never differentiates', t => {
  const { network, parameters, batch } = smallLenet(t)
  const engine = tf.engine()
  const { gradients } = engine
  engine.gradients = () => {
    throw new Error('autodiff')
  }
  t.teardown(() => {
    engine.gradients = gradients
  })
  t.throws(() => backprop().estimate(network, parameters, batch, noiseOf(0)), {
    message: 'autodiff',
  })
  for (const antithetic of [true, false]) {
    const estimator = likelihoodRatio(options({ antithetic, baseline: 'clean' }))
    const estimate = estimator.estimate(network, parameters, batch, noiseOf(0))
    t.true(flat(network, estimate.gradients).every(Number.isFinite))
    tf.dispose([estimate.loss, estimate.gradients])
  }
})

test.serial('chunks of any size give the same estimate but for rounding', t => {
  const { network, parameters, batch } = smallLenet(t)
  const estimateWith = (chunkValues: number) => {
    const estimator = likelihoodRatio(options({ copies: 32, chunkValues }))
    const { gradients, loss } = estimator.estimate(network, parameters, batch, noiseOf(3))
    const values = flat(network, gradients)
    tf.dispose([loss, gradients])
    return values
  }
  const whole = estimateWith(1e9)
  for (const chunk of [1, 100, 500]) {
    estimateWith(chunk).forEach((value, at) => {
      t.true(Math.abs(value - whole[at]!) < 1e-5 * (1 + Math.abs(whole[at]!)), `chunk ${chunk}`)
    })
  }
})

test.serial('the loss reported is the mean loss of the clean pass, and forwards are counted', t => {
  const { network, parameters, batch } = smallLenet(t)
  const exact = backprop().estimate(network, parameters, batch, noiseOf(0))
  const expected = exact.loss.dataSync()[0]!
  t.is(exact.forwards, 1)
  tf.dispose([exact.loss, exact.gradients])
  for (const [estimator, forwards] of [
    [likelihoodRatio(options({ copies: 6 })), 1 + 4 * 6],
    [likelihoodRatio(options({ copies: 5, antithetic: false, baseline: 'clean' })), 1 + 4 * 6],
    [backpropNoise(options({ copies: 3 })), 1 + 4 * 3],
  ] as const) {
    const estimate = estimator.estimate(network, parameters, batch, noiseOf(0))
    t.true(Math.abs(estimate.loss.dataSync()[0]! - expected) < 1e-5)
    t.is(estimate.forwards, forwards)
    tf.dispose([estimate.loss, estimate.gradients])
  }
})

test('antithetic pairs refuse an odd number of copies', t => {
  t.throws(() => likelihoodRatio(options({ copies: 3 })), { message: /invalid copies: 3/ })
})
