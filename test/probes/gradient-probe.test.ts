import test from 'ava'
import { architectureSchema, buildNetwork } from '../../models/architecture.ts'
import { initialise } from '../../models/initialise.ts'
import { imageInput } from '../../models/input.ts'
import { tf } from '../../src/engine/tf.ts'
import { probeGradients } from '../../src/probes/gradient-probe.ts'
import { smoothedGradients } from '../../src/probes/smoothed-gradient.ts'
import {
  createEstimator,
  type NoisyEstimatorOptions,
  noisyEstimatorSchema,
} from '../../src/training/estimators/create-estimator.ts'
import type { Batch } from '../../src/training/estimators/estimator.ts'
import { crossEntropy, type Loss } from '../../src/training/loss.ts'
import { denseLayer } from '../training/estimator-fixtures.ts'
import { leavesNoTensors, uniformTensor, useEngine } from '../with-engine.ts'

useEngine()

const parse = (options: object) =>
  noisyEstimatorSchema.parse({ name: 'lr-logit', ...options }) as NoisyEstimatorOptions

/** A batch of one dense layer, 3 inputs and 2 outputs, whose weights and inputs are known. */
function oneLayer() {
  const parameters = {
    'dense/weight': tf.tensor2d([1, -1, 2, 0.5, -0.5, 1], [3, 2]),
    'dense/bias': tf.tensor1d([0.25, -0.25]),
  }
  const x = tf.tensor4d([1, 2, 0.5, -1, 1, 2], [2, 3, 1, 1])
  return { network: denseLayer, parameters, batch: { x, labels: tf.zeros([2, 2]) as tf.Tensor2D } }
}

/** Sum over the outputs of a function of each. */
const summed =
  (f: (v: tf.Tensor) => tf.Tensor): Loss =>
  outputs =>
    tf.tidy(() => tf.sum(f(tf.reshape(outputs, [-1, 2, 2])), -1) as tf.Tensor2D)

test.serial(
  'a linear loss has the variance, the passes and the variance × time of the closed form',
  leavesNoTensors(async t => {
    const { network, parameters, batch } = oneLayer()
    const one = { x: tf.slice(batch.x, 0, 1), labels: tf.zeros([1, 2]) as tf.Tensor2D }
    const loss: Loss = outputs =>
      tf.tidy(() => tf.sum(tf.mul(tf.reshape(outputs, [-1, 1, 2]), [3, -4]), -1) as tf.Tensor2D)
    const [probe] = await probeGradients({
      network,
      parameters,
      batch: one,
      estimator: counted => createEstimator(parse({ copies: 8, sigma: 0.3 }), counted),
      loss,
      repeats: 3000,
      seed: 1,
    })
    // δ is the mean of (c·ε) ε over K / 2 pairs: variance ‖c‖² (d + 1) 2 / K for d = 2 outputs.
    const { relativeVariance, clean, forwards, milliseconds, varianceTime } = probe!
    t.true(Math.abs(relativeVariance! - (2 * 3) / 8) < 0.05, `0.75 expected: ${relativeVariance}`)
    // ‖c‖² (‖x‖² + 1) with x = (1, 2, 0.5), the 1 for the bias.
    t.true(Math.abs(clean.norm - Math.sqrt(25 * 6.25)) < 1e-4)
    t.true(clean.bias! < clean.biasResolution!)
    t.is(forwards, 8)
    t.is(varianceTime, relativeVariance! * milliseconds)
    t.is(probe!.smoothed, null)
    tf.dispose([batch.x, batch.labels, one.x, one.labels, ...Object.values(parameters)])
  }),
)

test.serial(
  'the bias of a cubic loss is the one of the closed form, and none to its smoothed gradient',
  leavesNoTensors(async t => {
    const { network, parameters, batch } = oneLayer()
    // E (v + σ ε)³ / 3 has the gradient v² + σ², the clean one is v².
    const loss = summed(v => tf.div(tf.pow(v, 3), 3))
    const sigma = 1.5
    const options = parse({ copies: 16, sigma })
    const smoothed = await smoothedGradients({
      ...{ network, parameters, batch, options, loss, differentiable: true },
      copies: 4096,
      seed: 1,
    })
    const [probe] = await probeGradients({
      ...{ network, parameters, batch, loss, smoothed },
      estimator: counted => createEstimator(options, counted),
      repeats: 300,
      seed: 1,
    })
    const inputs = [
      [1, 2, 0.5, 1],
      [-1, 1, 2, 1],
    ]
    // Pre-activations by hand: x · W + b.
    const v = [
      [1 + 4 - 0.25 + 0.25, -1 + 1 + 0.5 - 0.25],
      [-1 + 2 - 1 + 0.25, 1 + 0.5 + 2 - 0.25],
    ]
    const gradient = (delta: (v: number) => number) =>
      [0, 1, 2, 3].flatMap(i =>
        [0, 1].map(o =>
          [0, 1].reduce((sum, n) => sum + inputs[n]![i]! * delta(v[n]![o]!) * 0.5, 0),
        ),
      )
    const norm = (values: readonly number[]) => Math.hypot(...values)
    const clean = norm(gradient(value => value ** 2))
    const shift = norm(gradient(() => sigma ** 2))
    t.true(Math.abs(probe!.clean.norm - clean) < 1e-3)
    const { bias, biasResolution } = probe!.clean
    t.true(bias! > 2 * biasResolution!, 'the bias can be told')
    t.true(Math.abs(bias! - shift / clean) < 0.05, `${shift / clean} expected: ${bias}`)
    const expected = norm(gradient(value => value ** 2 + sigma ** 2))
    t.true(Math.abs(probe!.smoothed!.norm - expected) < 0.02 * expected)
    t.true(probe!.smoothed!.bias! <= probe!.smoothed!.biasResolution!)
    tf.dispose([batch.x, batch.labels, ...Object.values(parameters)])
  }),
)

const smallMlp = (activation: string) => {
  const architecture = architectureSchema.parse({ name: 'mlp', hidden: [4], activation })
  const network = buildNetwork(architecture, imageInput([2, 2, 1], 3))
  const batch: Batch = {
    x: uniformTensor([2, 2, 2, 1], 'images') as tf.Tensor4D,
    labels: tf.tensor2d([0, 1, 0, 0, 0, 1], [2, 3]),
  }
  return { network, parameters: initialise(network, 1), batch, loss: crossEntropy }
}

for (const options of [
  { name: 'bp-noise', copies: 64, sigma: 1.5 },
  { name: 'lr-logit', copies: 512, sigma: 1.5 },
  { name: 'lr-logit', copies: 512, sigma: 1.5, layerWise: false },
  { name: 'lr-logit', copies: 512, sigma: 1.5, noise: { kind: 'laplace' } },
  { name: 'lr-weight', copies: 256, sigma: 1 },
  { name: 'lr-hybrid', copies: 256, sigma: 1, inject: ['weight', 'logit'] },
  { name: 'es', copies: 512, sigma: 0.7 },
]) {
  const { name, ...rest } = options
  // The noisiest of them, which costs little, is repeated more often.
  const effort = 'layerWise' in options ? 2 : 1
  test.serial(
    `${name} ${JSON.stringify(rest)} is unbiased for its smoothed gradient`,
    leavesNoTensors(async t => {
      const request = smallMlp('tanh')
      const smoothed = await smoothedGradients({
        ...{ ...request, options: parse(options), differentiable: true },
        copies: 2048 * effort,
        seed: 2,
      })
      const probes = await probeGradients({
        ...{ ...request, smoothed },
        estimator: counted => createEstimator(parse(options), counted),
        repeats: 30 * effort,
        seed: 2,
      })
      for (const { site, clean, smoothed } of probes) {
        const { bias, biasResolution } = smoothed!
        t.true(bias! < 1.5 * biasResolution!, `${site.name}: ${bias}, resolution ${biasResolution}`)
        t.true(biasResolution! < 0.2, `${site.name} can be told: ${biasResolution}`)
        t.true(smoothed!.cosineMean! > 0.6)
        // Noise at one dense site smooths the readout's loss little; elsewhere much.
        if (site.index === 0) t.true(clean.bias! > 2 * bias!, `${site.name}: ${clean.bias}`)
      }
      tf.dispose([request.batch.x, request.batch.labels, ...Object.values(request.parameters)])
    }),
  )
}

test.serial(
  'the reference of a threshold network comes from the estimator, not from its zero derivative',
  leavesNoTensors(async t => {
    const request = { ...smallMlp('threshold'), options: parse({ sigma: 0.5 }), seed: 3 }
    const norms = async (differentiable: boolean) =>
      (await smoothedGradients({ ...request, differentiable, copies: 2048 })).map(({ values }) =>
        Math.hypot(...Array.from(values)),
      )
    t.true((await norms(false))[0]! > 0.01)
    t.is((await norms(true))[0], 0)
    tf.dispose([request.batch.x, request.batch.labels, ...Object.values(request.parameters)])
  }),
)

test.serial(
  'more copies bring variance down and cosine up, at every site',
  leavesNoTensors(async t => {
    const architecture = architectureSchema.parse({ name: 'mlp', hidden: [8], activation: 'tanh' })
    const network = buildNetwork(architecture, imageInput([4, 4, 1], 3))
    const parameters = initialise(network, 1)
    const batch: Batch = {
      x: uniformTensor([6, 4, 4, 1], 'images') as tf.Tensor4D,
      labels: tf.tensor2d([0, 1, 2, 0, 1, 2].map(y => [0, 1, 2].map(k => (k === y ? 1 : 0)))),
    }
    const probe = (copies: number, name = 'lr-logit') =>
      probeGradients({
        network,
        parameters,
        batch,
        estimator: counted => createEstimator(parse({ name, copies, sigma: 0.05 }), counted),
        loss: crossEntropy,
        repeats: 60,
        seed: 0,
      })
    const [few, many] = [await probe(2), await probe(64)]
    t.deepEqual(
      few.map(({ site, parameters }) => [site.name, parameters]),
      [
        ['dense1', 16 * 8 + 8],
        ['dense2', 8 * 3 + 3],
      ],
    )
    few.forEach((one, at) => {
      const ratio = one.variance / many[at]!.variance
      t.true(ratio > 20 && ratio < 50, `32 expected: ${ratio}`)
      t.is(one.clean.norm, many[at]!.clean.norm)
      t.true(many[at]!.clean.cosineMean! > one.clean.cosineMean!)
      t.true(many[at]!.clean.cosineOfMean! > 0.98)
      t.true(one.milliseconds > 0)
    })
    // All parameters at once: every site has the time of the whole estimate.
    const [whole, more] = [await probe(16, 'es'), await probe(512, 'es')]
    whole.forEach((one, at) => {
      const ratio = one.variance / more[at]!.variance
      t.true(ratio > 20 && ratio < 50, `32 expected: ${ratio}`)
      t.is(one.milliseconds, whole[0]!.milliseconds)
      t.is(one.clean.norm, few[at]!.clean.norm)
      t.true(more[at]!.clean.cosineOfMean! > 0.98)
    })
    tf.dispose([batch.x, batch.labels, parameters as unknown as tf.Tensor])
  }),
)
