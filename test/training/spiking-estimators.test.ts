import test from 'ava'
import { architectureSchema, buildNetwork } from '../../models/architecture.ts'
import { initialise } from '../../models/initialise.ts'
import { type ImageShape, imageInput } from '../../models/input.ts'
import { tf } from '../../src/engine/tf.ts'
import { createEstimator, estimatorSchema } from '../../src/training/estimators/create-estimator.ts'
import type { Batch } from '../../src/training/estimators/estimator.ts'
import { crossEntropy, type Loss } from '../../src/training/loss.ts'
import { leavesNoTensors, normalTensor, uniformTensor, useEngine } from '../with-engine.ts'
import { flat, quadratic, repeat } from './estimator-fixtures.ts'
import { gaussian, laplace, type Smoothing, smoothedGradient } from './smoothed-spikes.ts'

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
function fixture(shape: ImageShape, architecture: object) {
  const network = buildNetwork(architectureSchema.parse(architecture), imageInput(shape, 2))
  // Weights with which noise at every site changes the outputs.
  const start = initialise(network, 'channels' in architecture ? 8 : 6) as Record<string, tf.Tensor>
  const parameters = Object.fromEntries(
    network.parameters.map(({ name, shape: size }) => {
      if (name.endsWith('bias')) return [name, tf.fill([...size], 0.3)]
      // A kernel on few pixels is mostly padding: what is left has to drive its neurons.
      return [name, name.startsWith('conv') ? tf.abs(start[name]!) : tf.clone(start[name]!)]
    }),
  )
  tf.dispose(start)
  const batch: Batch = {
    x: uniformTensor([2, ...shape], 'x'),
    labels: normalTensor([2, 2], 'targets') as tf.Tensor2D,
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
const estimates = 300

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
        const truth = known.get(key)!
        const estimator = arm({ ...lr, ...variant }, quadratic)
        const found = repeat(estimator, network, parameters, batch, estimates)
        let entry = 0
        for (const site of network.sites) {
          const start = entry
          let seen = 0
          for (const name of site.parameters) entry += parameters[name]!.size
          for (let at = start; at < entry; at++) {
            const { mean, error } = found[at]!
            const expected = truth[at]!
            seen = Math.max(seen, Math.abs(expected) / (error + 1e-4))
            // The rest is the quadrature's.
            const limit = 4.5 * error + 1e-4
            const line = `${site.name}, entry ${at - start}: ${mean} ± ${error}, not ${expected}`
            t.true(Math.abs(mean - expected) < limit, line)
          }
          t.true(seen > 5, `${site.name}: at most ${seen} standard errors from zero`)
        }
        dispose()
      }),
    )
  }
}
