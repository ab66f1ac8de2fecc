import test from 'ava'
import type { Network, Prefix } from '../../models/network.ts'
import { tf } from '../../src/engine/tf.ts'
import { stream } from '../../src/random/stream.ts'
import { backprop } from '../../src/training/estimators/backprop.ts'
import { createEstimator, estimatorSchema } from '../../src/training/estimators/create-estimator.ts'
import type { Batch, Estimator } from '../../src/training/estimators/estimator.ts'
import { cleanPass } from '../../src/training/estimators/noisy-pass.ts'
import { objectives } from '../../src/training/estimators/objective.ts'
import { disposePrefix } from '../../src/training/estimators/site-by-site.ts'
import { crossEntropy } from '../../src/training/loss.ts'
import { disposeBatch } from '../../src/training/train.ts'
import { smallBatch, smallNetwork, smallParameters } from '../models/small-graph.ts'
import { leavesNoTensors, useEngine } from '../with-engine.ts'
import { flat, noiseOf, repeat } from './estimator-fixtures.ts'

useEngine()

const arm = (options: object) => createEstimator(estimatorSchema.parse(options), crossEntropy)

const networks: Readonly<Record<string, Network>> = {
  'gcn of two layers': smallNetwork({ name: 'gcn', hidden: [4] }),
  'gcn of three layers': smallNetwork({ name: 'gcn', hidden: [3, 4], activation: 'tanh' }),
  gat: smallNetwork({ name: 'gat', hidden: 2, heads: 2 }),
}

/** Runs a test with parameters of the network and a batch, which it frees afterwards. */
function withSmall(
  network: Network,
  f: (parameters: Record<string, tf.Tensor>, batch: Batch) => void,
): void {
  const parameters = smallParameters(network)
  const batch = smallBatch()
  f(parameters, batch)
  tf.dispose(parameters)
  disposeBatch(batch)
}

type Means = readonly { readonly mean: number; readonly error: number }[]

/**
 * Largest difference of two means in combined standard errors; 0 where both are certain and equal,
 * as for the weights of a hidden unit that is off at all nodes.
 */
function largestDeviation(found: Means, expected: Means): number {
  const deviations = found.map(({ mean, error }, at) => {
    const difference = Math.abs(mean - expected[at]!.mean)
    return difference === 0 ? 0 : difference / Math.hypot(error, expected[at]!.error)
  })
  return Math.max(...deviations)
}

const sigma = 0.4
const logit = { name: 'lr-logit', sigma }
const single = { antithetic: false }
const laplace = { kind: 'laplace' }

const weighings: readonly object[] = [
  { baseline: 'none' },
  { baseline: 'clean' },
  { ...single, baseline: 'none' },
  { ...single, baseline: 'clean' },
  { ...single, baseline: 'leave-one-out' },
]
const variants: readonly { readonly options: object; readonly like: object }[] = [
  ...[true, false].flatMap(layerWise =>
    weighings.flatMap(weighing =>
      [true, false].map(localCredit => ({
        options: { ...weighing, localCredit, layerWise },
        like: { layerWise },
      })),
    ),
  ),
  { options: { noise: laplace }, like: { noise: laplace } },
  { options: { ...single, noise: laplace }, like: { noise: laplace } },
  { options: { noise: { sequence: 'sobol' } }, like: {} },
  { options: { ...single, noise: { sequence: 'sobol' } }, like: {} },
]
const estimates = 40
const copies = 64

for (const [name, network] of Object.entries(networks)) {
  test.serial(
    `${name}: the mean of ${estimates} estimates of ${copies} copies is that of the pathwise ones`,
    leavesNoTensors(t => {
      withSmall(network, (parameters, batch) => {
        const pathwise = new Map<string, Means>()
        for (const { options, like } of variants) {
          const key = JSON.stringify(like)
          const control = arm({ name: 'bp-noise', copies: 500, sigma, ...like })
          const expected = pathwise.get(key) ?? repeat(control, network, parameters, batch, 15)
          pathwise.set(key, expected)
          const estimator = arm({ ...logit, copies, ...options })
          const found = repeat(estimator, network, parameters, batch, estimates)
          t.true(largestDeviation(found, expected) < 4.5, JSON.stringify(options))
        }
      })
    }),
  )
}

/** Gradients of the objective smoothed by noise on some parameters, pathwise; pairs. */
function pathwiseWeights(
  network: Network,
  parameters: Record<string, tf.Tensor>,
  batch: Batch,
  names: readonly string[],
  scale: number,
): Estimator {
  return {
    estimate: (_network, _parameters, _batch, noise) => {
      const estimate = (sign: number) => {
        const moved = tf.tidy(() =>
          Object.fromEntries(
            names.map(name => {
              const { shape, size } = parameters[name]!
              const normals = noise.stream(name).normals(new Float32Array(size))
              return [
                name,
                tf.add(parameters[name]!, tf.mul(tf.tensor(normals, shape), sign * scale)),
              ]
            }),
          ),
        )
        const found = backprop().estimate(network, { ...parameters, ...moved }, batch, noise)
        tf.dispose(moved)
        return found
      }
      const [plus, minus] = [estimate(1), estimate(-1)]
      const gradients = tf.tidy(() =>
        Object.fromEntries(
          Object.entries(plus.gradients).map(([name, gradient]) => [
            name,
            tf.div(tf.add(gradient, minus.gradients[name]!), 2),
          ]),
        ),
      )
      tf.dispose([plus.gradients, minus.gradients, minus.loss])
      return { ...plus, gradients }
    },
  }
}

for (const [name, network] of Object.entries(networks)) {
  test.serial(
    `${name}: noise on the weights gives the gradient of the objective that it smooths`,
    leavesNoTensors(t => {
      withSmall(network, (parameters, batch) => {
        const agree = (names: readonly string[], options: object) => {
          const owners = network.parameters.flatMap(spec =>
            Array<boolean>(tf.util.sizeFromShape([...spec.shape])).fill(names.includes(spec.name)),
          )
          const control = pathwiseWeights(network, parameters, batch, names, 0.2)
          const expected = repeat(control, network, parameters, batch, 60)
          const found = repeat(arm(options), network, parameters, batch, 40)
          const own = (rows: Means) => rows.filter((_, at) => owners[at])
          t.true(largestDeviation(own(found), own(expected)) < 4.5, JSON.stringify(options))
        }
        for (const { parameters: names } of network.sites) {
          agree(names, { name: 'lr-weight', sigma: 0.2, copies: 16 })
        }
        const all = network.parameters.map(spec => spec.name)
        agree(all, { name: 'es', sigma: 0.2, copies: 32 })
      })
    }),
  )
}

for (const [name, network] of Object.entries(networks)) {
  test.serial(
    `${name}: the gradient of a learned sigma is a finite difference with the same noise`,
    leavesNoTensors(t => {
      withSmall(network, (parameters, batch) => {
        const learning = arm({ ...logit, copies: 200, learnSigma: true })
        const own = learning.own!(network) as Record<string, tf.Tensor>
        const rows = new Map<string, number[][]>()
        for (let step = 0; step < 40; step++) {
          const given = { ...parameters, ...own }
          const { gradients, loss } = learning.estimate(network, given, batch, noiseOf(step))
          for (const { name: site } of network.sites) {
            const values = [...gradients[`sigma/${site}`]!.dataSync()]
            rows.set(site, [...(rows.get(site) ?? []), values])
          }
          tf.dispose([gradients, loss])
        }
        for (const prefix of cleanPass(network, parameters, batch.x)) {
          const { name: site, shape } = prefix.site
          for (let channel = 0; channel < shape.at(-1)!; channel++) {
            const slopes = Array.from({ length: 8 }, (_, step) =>
              slope(network, parameters, batch, prefix, channel, step),
            )
            const expected = meanAndError(slopes)
            const found = meanAndError(rows.get(site)!.map(values => values[channel]!))
            t.true(largestDeviation([found], [expected]) < 4.5, `${site} ${channel}`)
          }
          disposePrefix(prefix)
        }
        tf.dispose(own)
      })
    }),
  )
}

/** Slope of the smoothed objective in log σ of one channel of a site, from 500 copies. */
function slope(
  network: Network,
  parameters: Record<string, tf.Tensor>,
  batch: Batch,
  prefix: Prefix,
  channel: number,
  step: number,
): number {
  return tf.tidy(() => {
    const shape = [500, ...prefix.preactivation.shape]
    const normals = new Float32Array(tf.util.sizeFromShape(shape))
    const epsilon = tf.tensor(noiseOf(step).stream('slope', channel).normals(normals), shape)
    const at = (change: number) => {
      const scales = new Float32Array(shape.at(-1)!).fill(sigma)
      scales[channel] = sigma * Math.exp(change)
      const { logits } = network.resume(parameters, prefix, tf.mul(epsilon, tf.tensor1d(scales)))
      return tf.mean(objectives(crossEntropy, logits, batch))
    }
    return tf.div(tf.sub(at(0.1), at(-0.1)), 0.2).dataSync()[0]!
  })
}

function meanAndError(values: readonly number[]) {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  return { mean, error: Math.sqrt(squares / (values.length - 1) / values.length) }
}

test.serial('dropout that is drawn is the same for both estimators', t => {
  for (const network of Object.values(networks)) {
    withSmall(network, (parameters, batch) => {
      const drawn = network.drawn!(name => stream(6, 'network', name))
      const control = arm({ name: 'bp-noise', copies: 500, sigma })
      const same = repeat(control, drawn, parameters, batch, 10)
      const other = repeat(control, network, parameters, batch, 10)
      const found = repeat(arm({ ...logit, copies }), drawn, parameters, batch, estimates)
      t.true(largestDeviation(found, same) < 4.5)
      t.true(largestDeviation(found, other) > 20)
    })
  }
})

const cosine = (a: readonly number[], b: readonly number[]) => {
  const dot = (x: readonly number[], y: readonly number[]) =>
    x.reduce((sum, value, at) => sum + value * y[at]!, 0)
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b))
}

test.serial('cosine to backprop goes to one with many copies and little noise', t => {
  for (const architecture of [
    { name: 'gcn', hidden: [4], activation: 'tanh' },
    { name: 'gat', hidden: 2, heads: 2, activation: 'tanh' },
  ]) {
    const network = smallNetwork(architecture)
    withSmall(network, (parameters, batch) => {
      const gradient = (estimator: Estimator) => {
        const { gradients, loss } = estimator.estimate(network, parameters, batch, noiseOf(1))
        const values = flat(network, gradients)
        tf.dispose([loss, gradients])
        return values
      }
      const truth = gradient(backprop())
      const withCopies = (count: number) =>
        cosine(gradient(arm({ ...logit, sigma: 0.01, copies: count })), truth)
      const [few, many] = [withCopies(2), withCopies(16_384)]
      t.true(few < 0.9, `${architecture.name}, 2 copies: ${few}`)
      t.true(many > 0.998, `${architecture.name}, 16384 copies: ${many}`)
    })
  }
})

test.serial('forward passes only, and chunks of any size give the same estimate', t => {
  const engine = tf.engine()
  const { gradients } = engine
  engine.gradients = () => {
    throw new Error('autodiff')
  }
  t.teardown(() => {
    engine.gradients = gradients
  })
  for (const network of Object.values(networks)) {
    withSmall(network, (parameters, batch) => {
      t.throws(() => backprop().estimate(network, parameters, batch, noiseOf(0)), {
        message: 'autodiff',
      })
      for (const options of [
        { ...logit, copies: 32 },
        { ...logit, copies: 32, ...single, baseline: 'leave-one-out' },
        { ...logit, copies: 32, layerWise: false },
        { name: 'lr-weight', copies: 32 },
      ]) {
        const values = [1e9, 1, 50, 300].map(chunkValues => {
          const parsed = { ...estimatorSchema.parse(options), chunkValues }
          const found = createEstimator(parsed, crossEntropy).estimate(
            network,
            parameters,
            batch,
            noiseOf(3),
          )
          const list = flat(network, found.gradients)
          tf.dispose([found.loss, found.gradients])
          return list
        })
        for (const list of values.slice(1)) {
          list.forEach((value, at) => {
            const limit = 2e-5 * (1 + Math.abs(values[0]![at]!))
            t.true(Math.abs(value - values[0]![at]!) < limit, JSON.stringify(options))
          })
        }
      }
    })
  }
})
