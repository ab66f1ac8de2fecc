import test, { type ExecutionContext } from 'ava'
import { architectureSchema, buildNetwork } from '../../models/architecture.ts'
import { initialise } from '../../models/initialise.ts'
import { type ImageShape, imageInput } from '../../models/input.ts'
import type { Network } from '../../models/network.ts'
import { glyphs } from '../../src/data/glyphs.ts'
import { tf } from '../../src/engine/tf.ts'
import { taskOf, testAccuracy } from '../../src/tasks/task.ts'
import { createEstimator, estimatorSchema } from '../../src/training/estimators/create-estimator.ts'
import type { Batch } from '../../src/training/estimators/estimator.ts'
import { crossEntropy, type Loss } from '../../src/training/loss.ts'
import { train, trainingSchema } from '../../src/training/train.ts'
import {
  distance,
  leavesNoTensors,
  normalTensor,
  uniformTensor,
  useEngine,
} from '../with-engine.ts'
import { flat, noiseOf, quadratic, repeat } from './estimator-fixtures.ts'
import { gaussian, laplace } from './pattern-chances.ts'
import { type Smoothing, smoothedGradient } from './smoothed-spikes.ts'

useEngine()

const arm = (options: object, loss: Loss = crossEntropy) =>
  createEstimator(estimatorSchema.parse(options), loss)

type Neurons = Omit<Smoothing, 'sigma' | 'law' | 'together'>
const plain: Neurons = {
  ...{ steps: 2, decay: 0.5, threshold: 1 },
  ...{ reset: 'zero', readout: 'spike-count' },
}
const other: Neurons = {
  ...{ steps: 2, decay: 0.8, threshold: 0.7 },
  ...{ reset: 'subtract', readout: 'membrane' },
}

/** Two images, initial weights, biases that drive neurons towards the threshold, and targets. */
function fixture(shape: ImageShape, architecture: object, examples = 2) {
  const network = buildNetwork(architectureSchema.parse(architecture), imageInput(shape, 2))
  // Weights with which noise at every site changes the outputs.
  const start = initialise(network, 'channels' in architecture ? 8 : 6) as Record<string, tf.Tensor>
  const parameters = Object.fromEntries(
    network.parameters.map(({ name, shape: size }) => {
      if (name.endsWith('bias')) return [name, tf.fill([...size], 0.3)]
      // A kernel on four pixels is mostly padding: what is left has to drive its neurons.
      const driving = name.startsWith('conv') && shape[0] === 2
      return [name, driving ? tf.abs(start[name]!) : tf.clone(start[name]!)]
    }),
  )
  tf.dispose(start)
  const batch: Batch = {
    x: uniformTensor([examples, ...shape], 'x'),
    labels: normalTensor([examples, 2], 'targets') as tf.Tensor2D,
  }
  return {
    network,
    parameters,
    batch,
    dispose: () => tf.dispose([parameters, batch.x, batch.labels]),
  }
}

const lr = { name: 'lr-logit', copies: 16, sigma: 0.5 }
const single = { antithetic: false }
const ways = [
  { baseline: 'none' },
  { baseline: 'clean' },
  { ...single, baseline: 'none' },
  { ...single, baseline: 'clean' },
  { ...single, baseline: 'leave-one-out' },
]
const small: ImageShape = [2, 1, 1]
const one = { name: 'snn', hidden: [2] }
const two = { name: 'snn', hidden: [2, 2] }
const conv = { name: 'snn-conv', channels: [1, 1], hidden: 2 }

/** Networks whose sites are the dense and convolutional layers first and later, and readouts. */
const cases: readonly (readonly [ImageShape, object, Neurons, readonly object[]])[] = [
  [
    small,
    one,
    { ...plain, steps: 3 },
    ways.flatMap(way =>
      [true, false].flatMap(layerWise => [
        { ...way, layerWise },
        { ...way, layerWise, localCredit: false },
      ]),
    ),
  ],
  [
    small,
    two,
    other,
    [
      {},
      { noise: { kind: 'laplace' } },
      { noise: { sequence: 'sobol' } },
      { ...single, localCredit: false },
    ],
  ],
  [
    small,
    { ...two, encoding: 'poisson' },
    plain,
    [{}, { ...single, noise: { kind: 'laplace', sequence: 'sobol' } }],
  ],
  [[2, 2, 1], conv, plain, [{}, single, { localCredit: false }]],
  [[2, 2, 1], { ...conv, pooling: 'max', encoding: 'poisson' }, other, [{}]],
]
const estimates = 200

/** Asserts that every entry's mean is the expected one, and that every site's gradient is seen. */
function agree(
  t: ExecutionContext,
  { sites, parameters }: Network,
  found: readonly { readonly mean: number; readonly error: number }[],
  truth: readonly number[],
): void {
  let entry = 0
  for (const site of sites) {
    const start = entry
    let seen = 0
    for (const { name, shape } of parameters) {
      if (site.parameters.includes(name)) entry += tf.util.sizeFromShape([...shape])
    }
    for (let at = start; at < entry; at++) {
      const { mean, error } = found[at]!
      const expected = truth[at]!
      seen = Math.max(seen, Math.abs(expected) / (error + 1e-4))
      // The rest is the integral's.
      const limit = 4.5 * error + 1e-4
      const line = `${site.name}, entry ${at - start}: ${mean} ± ${error}, not ${expected}`
      t.true(Math.abs(mean - expected) < limit, line)
    }
    t.true(seen > 5, `${site.name}: at most ${seen} standard errors from zero`)
  }
}

for (const [shape, architecture, neurons, variants] of cases) {
  const known = new Map<string, number[]>()
  for (const variant of variants) {
    const { noise, layerWise } = variant as { noise?: { kind?: string }; layerWise?: boolean }
    test.serial(
      `${JSON.stringify({ ...architecture, ...neurons })}: the mean of ${estimates} estimates is ` +
        `the smoothed objective's gradient: ${JSON.stringify(variant)}`,
      leavesNoTensors(t => {
        const { network, parameters, batch, dispose } = fixture(shape, {
          ...architecture,
          ...neurons,
        })
        const smoothing = { kind: noise?.kind ?? 'gaussian', together: layerWise === false }
        const key = JSON.stringify(smoothing)
        if (!known.has(key)) {
          const law = smoothing.kind === 'laplace' ? laplace : gaussian
          const all = { ...neurons, ...smoothing, sigma: lr.sigma, law }
          const exact = smoothedGradient(network, parameters, batch, all)
          known.set(key, flat(network, exact))
          tf.dispose(exact)
        }
        const estimator = arm({ ...lr, ...variant }, quadratic)
        const found = repeat(estimator, network, parameters, batch, estimates)
        agree(t, network, found, known.get(key)!)
        dispose()
      }),
    )
  }
}

const weight = { name: 'lr-weight', copies: 16, sigma: 0.4 }
const es = { name: 'es', copies: 32, sigma: 0.4 }

// Of noise that a batch shares the integral is over one example.
for (const [options, examples] of [
  [weight, 1],
  [{ ...weight, ...single, baseline: 'leave-one-out' }, 1],
  [{ ...weight, perExample: true }, 2],
  [es, 1],
  [{ ...es, ...single }, 1],
] as const) {
  test.serial(
    `noise on parameters: the mean of ${estimates} estimates is the smoothed objective's ` +
      `gradient: ${JSON.stringify(options)}`,
    leavesNoTensors(t => {
      const neurons = { ...plain, steps: 3 }
      const { network, parameters, batch, dispose } = fixture(
        small,
        { ...one, ...neurons },
        examples,
      )
      const exact = smoothedGradient(network, parameters, batch, {
        ...{ ...neurons, sigma: options.sigma, law: gaussian, onParameters: true },
        together: options.name === 'es',
      })
      const found = repeat(arm(options, quadratic), network, parameters, batch, estimates)
      agree(t, network, found, flat(network, exact))
      tf.dispose(exact)
      dispose()
    }),
  )
}

const networks: readonly (readonly [ImageShape, object])[] = [
  [[3, 2, 1], { name: 'snn', hidden: [12, 8], steps: 4 }],
  [[3, 2, 1], { ...one, hidden: [8], ...other, steps: 4, encoding: 'poisson' }],
  [[4, 4, 1], { ...conv, channels: [2, 3], hidden: 8, ...other, steps: 3 }],
  [
    [4, 4, 1],
    { ...conv, channels: [2, 3], hidden: 8, pooling: 'max', encoding: 'poisson', steps: 3 },
  ],
]

/** The gradient of one estimate, by parameter. */
function once(shape: ImageShape, architecture: object, options: object, chunkValues?: number) {
  const { network, parameters, batch, dispose } = fixture(shape, architecture)
  const parsed = { ...estimatorSchema.parse(options), ...(chunkValues && { chunkValues }) }
  const estimator = createEstimator(parsed, crossEntropy)
  const { gradients, loss } = estimator.estimate(network, parameters, batch, noiseOf(1))
  const values = network.parameters.map(({ name }) => Array.from(gradients[name]!.dataSync()))
  tf.dispose([gradients, loss])
  dispose()
  return values
}

for (const [shape, architecture] of networks) {
  test.serial(
    `${JSON.stringify(architecture)}: the true derivative of spikes is zero, surrogates' are not`,
    leavesNoTensors(t => {
      const readout = 2
      const zero = once(shape, architecture, { name: 'bp-heaviside' })
      t.true(zero.slice(0, -readout).every(values => values.every(value => value === 0)))
      t.true(zero.slice(-readout).every(values => values.some(value => value !== 0)))
      for (const options of [{ name: 'bp' }, { ...lr, sigma: 1 }]) {
        const found = once(shape, architecture, options)
        t.true(
          found.every(values => values.some(value => value !== 0)),
          options.name,
        )
      }
      const asked = once(shape, architecture, { name: 'bp', surrogate: 'triangular' })
      t.deepEqual(asked, once(shape, { ...architecture, surrogate: 'triangular' }, { name: 'bp' }))
      t.notDeepEqual(asked, once(shape, architecture, { name: 'bp' }))
      t.deepEqual(asked.slice(-readout), zero.slice(-readout))
    }),
  )

  test.serial(
    `${JSON.stringify(architecture)}: forward passes only, in chunks of any size`,
    leavesNoTensors(t => {
      const engine = tf.engine()
      const { gradients } = engine
      engine.gradients = () => {
        throw new Error('autodiff')
      }
      t.teardown(() => {
        engine.gradients = gradients
      })
      const differentiating = () => tf.tidy(() => once(shape, architecture, { name: 'bp' }))
      t.throws(differentiating, { message: 'autodiff' })
      for (const options of [
        lr,
        { ...lr, ...single, baseline: 'leave-one-out' },
        { ...lr, layerWise: false },
        { ...weight, copies: 4 },
        { ...weight, copies: 4, perExample: true },
        { ...es, copies: 4 },
      ]) {
        const whole = once(shape, architecture, options).flat()
        for (const chunk of [1, 300]) {
          once(shape, architecture, options, chunk)
            .flat()
            .forEach((value, at) => {
              const limit = 2e-5 * (1 + Math.abs(whole[at]!))
              t.true(Math.abs(value - whole[at]!) < limit, JSON.stringify(options))
            })
        }
      }
    }),
  )
}

const dataset = glyphs({ train: 1000, test: 500, seed: 0 })
const task = taskOf(dataset)

async function trained(architecture: object, options: object, change: object) {
  const network = buildNetwork(architectureSchema.parse(architecture), task.input)
  const training = trainingSchema.parse({
    batch: 50,
    learningRate: 0.005,
    curvePoints: 2,
    ...change,
  })
  const result = await train({ network, task, estimator: arm(options), options: training, seed: 0 })
  const start = initialise(network, 0)
  const moved = Object.keys(start).filter(
    name => distance(start[name]!, result.parameters[name]!) > 0,
  )
  const tested = testAccuracy(task, network, result.parameters)
  tf.dispose([start, result.parameters] as unknown as tf.Tensor[])
  return { tested, moved, all: Object.keys(start), last: network.sites.at(-1)!.parameters }
}

for (const [architecture, training] of [
  [{ name: 'snn', hidden: [32], steps: 4 }, { epochs: 12 }],
  [
    { name: 'snn', hidden: [16], steps: 4, encoding: 'poisson', readout: 'membrane' },
    { epochs: 2 },
  ],
  [{ name: 'snn-conv', channels: [2, 4], hidden: 16, steps: 2 }, { epochs: 0.5 }],
] as const) {
  test.serial(
    `${JSON.stringify(architecture)}: the likelihood ratio trains all layers, the true derivative the last`,
    leavesNoTensors(async t => {
      const ratio = await trained(architecture, { ...lr, copies: 8 }, training)
      const zero = await trained(architecture, { name: 'bp-heaviside' }, training)
      t.deepEqual(zero.moved, [...zero.last])
      t.deepEqual(ratio.moved, ratio.all)
      if (training.epochs > 10) {
        t.true(ratio.tested > zero.tested + 0.05, `${ratio.tested}, ${zero.tested}`)
      }
    }),
  )
}
