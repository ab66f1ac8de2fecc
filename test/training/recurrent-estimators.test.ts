import test, { type ExecutionContext } from 'ava'
import { architectureSchema, buildNetwork } from '../../models/architecture.ts'
import { initialise } from '../../models/initialise.ts'
import type { Network, Parameters, Prefix } from '../../models/network.ts'
import { loadDataset } from '../../src/data/load.ts'
import { tf } from '../../src/engine/tf.ts'
import { tidied } from '../../src/engine/tidied.ts'
import { taskOf, testAccuracy } from '../../src/tasks/task.ts'
import { backprop } from '../../src/training/estimators/backprop.ts'
import { createEstimator, estimatorSchema } from '../../src/training/estimators/create-estimator.ts'
import type { Batch, Estimator } from '../../src/training/estimators/estimator.ts'
import { cleanPass } from '../../src/training/estimators/noisy-pass.ts'
import { objective, objectives } from '../../src/training/estimators/objective.ts'
import { disposePrefix } from '../../src/training/estimators/site-by-site.ts'
import { drawn } from '../../src/training/estimators/smoothing.ts'
import { crossEntropy } from '../../src/training/loss.ts'
import { train, trainingSchema } from '../../src/training/train.ts'
import { distance, leavesNoTensors, normalTensor, useEngine } from '../with-engine.ts'
import { flat, noiseOf, repeat } from './estimator-fixtures.ts'

useEngine()

const input = { kind: 'sequences', length: 4, vocabulary: 5, classes: 2 } as const
const build = (architecture: object) =>
  buildNetwork(architectureSchema.parse({ embedding: 2, hidden: 2, ...architecture }), input)
const networks = {
  elman: build({ name: 'elman' }),
  'gru of two layers': build({ name: 'gru', layers: 2 }),
  lstm: build({ name: 'lstm' }),
}
const arm = (options: object) => createEstimator(estimatorSchema.parse(options), crossEntropy)

interface Fixture {
  readonly parameters: Record<string, tf.Tensor>
  readonly batch: Batch
  dispose(): void
}

/** Texts with padding on the left, on the right and without, and two classes. */
function fixture(network: Network): Fixture {
  const parameters = initialise(network, 3) as Record<string, tf.Tensor>
  const x = tf.tensor2d([0, 0, 1, 2, 3, 4, 0, 0, 2, 1, 3, 4], [3, 4], 'int32')
  const labels = tf.tensor2d([1, 0, 0, 1, 0, 1], [3, 2])
  return { parameters, batch: { x, labels }, dispose: () => tf.dispose([parameters, x, labels]) }
}

interface Estimated {
  readonly mean: number
  readonly error: number
}

/** Every entry's means differ by at most 4.5 combined standard errors. */
function agree(
  t: ExecutionContext,
  found: readonly Estimated[],
  expected: readonly Estimated[],
  what: string,
): void {
  t.is(found.length, expected.length)
  found.forEach(({ mean, error }, at) => {
    const other = expected[at]!
    const deviation = Math.abs(mean - other.mean) / (Math.hypot(error, other.error) + 1e-7)
    t.true(deviation < 4.5, `${what}, entry ${at}: ${deviation} standard errors`)
  })
}

/** The same estimator with noise of its own, so that two estimates share none. */
function apart(estimator: Estimator): Estimator {
  return {
    estimate: (network, parameters, batch, noise) =>
      estimator.estimate(network, parameters, batch, {
        ...noise,
        stream: (...path) => noise.stream('apart', ...path),
      }),
  }
}

const estimates = 40
const sigma = 0.3
const copies = 32
const logit = { name: 'lr-logit', sigma, copies }
const single = { antithetic: false }
const weighings = [
  { baseline: 'none' },
  { baseline: 'clean' },
  { ...single, baseline: 'none' },
  { ...single, baseline: 'clean' },
  { ...single, baseline: 'leave-one-out' },
]

for (const [title, network] of Object.entries(networks)) {
  for (const layerWise of [true, false]) {
    const where = layerWise ? 'one site at a time' : 'all sites at once'
    for (const [law, options] of [
      [
        'gaussian',
        [true, false].flatMap(localCredit => weighings.map(w => ({ ...w, localCredit }))),
      ],
      ['laplace', [{}, { ...single, localCredit: false }]],
    ] as const) {
      test.serial(
        `${title}, ${where}, ${law}: at every site ${estimates} estimates of ${copies} copies ` +
          'agree with autodiff through the same noise',
        leavesNoTensors(t => {
          const { parameters, batch, dispose } = fixture(network)
          const noise = { kind: law }
          const control = layerWise
            ? differentiated(law)
            : arm({ name: 'bp-noise', sigma, copies, layerWise, noise })
          const pathwise = repeat(apart(control), network, parameters, batch, estimates)
          const closed = arm({ name: 'bp-noise', sigma, copies, layerWise, noise })
          agree(t, repeat(closed, network, parameters, batch, estimates), pathwise, 'bp-noise')
          for (const change of options) {
            const estimator = arm({ ...logit, layerWise, noise, ...change })
            const found = repeat(estimator, network, parameters, batch, estimates)
            agree(t, found, pathwise, JSON.stringify(change))
          }
          if (law === 'gaussian') {
            const even = { ...noise, sequence: 'sobol' }
            const sobol = arm({ ...logit, layerWise, noise: even })
            agree(t, repeat(sobol, network, parameters, batch, estimates), pathwise, 'sobol')
          }
          dispose()
        }),
      )
    }
  }

  test.serial(
    `${title}: noise on the weights gives the mean of backprop through moved weights`,
    leavesNoTensors(t => {
      const { parameters, batch, dispose } = fixture(network)
      const control = (groups: readonly (readonly string[])[]) =>
        repeat(movedWeights(groups), network, parameters, batch, 100)
      const found = (options: object) =>
        repeat(arm({ ...logit, copies: 16, ...options }), network, parameters, batch, estimates)
      const alone = control(network.sites.map(site => site.parameters))
      agree(t, found({ name: 'lr-weight' }), alone, 'antithetic')
      const others = { name: 'lr-weight', ...single, baseline: 'leave-one-out' }
      agree(t, found(others), alone, 'leave-one-out')
      const even = { name: 'lr-weight', noise: { sequence: 'sobol' } }
      agree(t, found(even), alone, 'sobol')
      agree(t, found({ name: 'lr-weight', perExample: true }), alone, 'per example')
      agree(t, found({ name: 'es' }), control([network.parameters.map(p => p.name)]), 'es')
      dispose()
    }),
  )

  test.serial(
    `${title}: the gradient of log sigma is that of finite differences of the smoothed loss`,
    leavesNoTensors(t => {
      const { parameters, batch, dispose } = fixture(network)
      const estimator = arm({ ...logit, learnSigma: true })
      const own = estimator.own!(network) as Record<string, tf.Tensor>
      const sums = new Map<string, number[][]>()
      for (let step = 0; step < estimates; step++) {
        const all = { ...parameters, ...own }
        const { gradients, loss } = estimator.estimate(network, all, batch, noiseOf(step))
        for (const name of Object.keys(own)) {
          const values = [...gradients[name]!.dataSync()]
          sums.set(name, [...(sums.get(name) ?? []), values])
        }
        tf.dispose([gradients, loss])
      }
      const prefixes = cleanPass(network, parameters, batch.x)
      for (const prefix of prefixes) {
        const rows = sums.get(`sigma/${prefix.site.name}`)!
        const found = rows[0]!.map((_, at) => meanOf(rows.map(row => row[at]!)))
        agree(t, found, smoothedSlopes(network, parameters, prefix, batch), prefix.site.name)
      }
      for (const prefix of prefixes) disposePrefix(prefix)
      tf.dispose(own)
      dispose()
    }),
  )

  test.serial(
    `${title}: cosine to backprop goes to one with many copies and little noise`,
    leavesNoTensors(t => {
      const { parameters, batch, dispose } = fixture(network)
      const gradient = (estimator: Estimator) => {
        const { gradients, loss } = estimator.estimate(network, parameters, batch, noiseOf(1))
        const values = flat(network, gradients)
        tf.dispose([gradients, loss])
        return values
      }
      const exact = gradient(backprop())
      const close = (copies: number) =>
        cosine(gradient(arm({ name: 'lr-logit', sigma: 0.01, copies })), exact)
      const [few, many] = [close(2), close(16_384)]
      t.true(few < 0.9, `2 copies: ${few}`)
      t.true(many > 0.999, `16384 copies: ${many}`)
      dispose()
    }),
  )

  test.serial(
    `${title}: forward passes only, in chunks of any size`,
    leavesNoTensors(t => {
      const { parameters, batch, dispose } = fixture(network)
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
      for (const options of [
        { ...logit, copies: 8 },
        { ...logit, copies: 8, layerWise: false },
        { ...logit, copies: 5, ...single, baseline: 'leave-one-out' },
        { ...logit, name: 'lr-weight', copies: 4 },
        { ...logit, name: 'es', copies: 4 },
      ]) {
        const values = (chunkValues?: number) => {
          const parsed = { ...estimatorSchema.parse(options), ...(chunkValues && { chunkValues }) }
          const estimator = createEstimator(parsed, crossEntropy)
          const found = estimator.estimate(network, parameters, batch, noiseOf(2))
          const all = flat(network, found.gradients)
          tf.dispose([found.gradients, found.loss])
          return all
        }
        const whole = values()
        for (const chunk of [1, 100]) {
          values(chunk).forEach((value, at) => {
            const limit = 2e-5 * (1 + Math.abs(whole[at]!))
            t.true(Math.abs(value - whole[at]!) < limit, JSON.stringify(options))
          })
        }
      }
      dispose()
    }),
  )
}

test.serial(
  'a threshold Elman layer learns with the likelihood ratio and not with its true derivative',
  leavesNoTensors(async t => {
    const task = taskOf(await loadDataset({ name: 'topics', train: 4000, test: 1000 }))
    const threshold = { name: 'elman', embedding: 16, hidden: 16, activation: 'threshold' }
    const network = buildNetwork(architectureSchema.parse(threshold), task.input)
    const options = trainingSchema.parse({
      ...{ epochs: 6, batch: 50, learningRate: 0.05 },
      ...{ curvePoints: 1, curveExamples: 0 },
    })
    const trained = async (estimator: Estimator) => {
      const { parameters } = await train({ network, task, estimator, options, seed: 0 })
      return { parameters, accuracy: testAccuracy(task, network, parameters) }
    }
    const start = initialise(network, 0)
    const moved = (after: Parameters) =>
      Object.keys(start).filter(name => distance(start[name]!, after[name]!) > 0)
    const ratio = await trained(arm({ name: 'lr-logit', ...single, sigma: 2, copies: 8 }))
    const bp = await trained(arm({ name: 'bp' }))
    t.deepEqual(moved(bp.parameters), ['readout/weight', 'readout/bias'])
    t.deepEqual(moved(ratio.parameters), Object.keys(start))
    // Chance is 25 %; of 1000 texts the standard error is 1.5 points.
    t.true(ratio.accuracy > 0.33, `likelihood ratio: ${ratio.accuracy}`)
    t.true(bp.accuracy < 0.3, `backprop: ${bp.accuracy}`)
    for (const owned of [start, ratio.parameters, bp.parameters]) {
      tf.dispose(owned as Record<string, tf.Tensor>)
    }
  }),
)

/**
 * The gradient of every site's own parameters by autodiff through noise at that site: unlike
 * `bp-noise` it makes no use of the sites' closed forms.
 */
function differentiated(kind: 'gaussian' | 'laplace'): Estimator {
  return {
    estimate(network, parameters, batch, noise) {
      const prefixes = cleanPass(network, parameters, batch.x)
      const gradients = prefixes.map(prefix =>
        tidied(() => {
          const { site, preactivation } = prefix
          const extent = { vectors: copies, units: 3, dimensions: preactivation.size / 3 }
          const draw = drawn({ kind, sequence: 'random' }, site.name, extent, noise)
          const values = draw(new Float32Array(copies * preactivation.size), 0)
          const perturbation = tf.tensor(values, [copies, ...preactivation.shape]).mul(sigma)
          const { grads } = tf.valueAndGrads((...own: tf.Tensor[]) => {
            const named = site.parameters.map((name, at) => [name, own[at]!])
            const all = { ...parameters, ...Object.fromEntries(named) }
            const here = { ...prefix, preactivation: network.affine(all, prefix) }
            const { logits } = network.resume(all, here, perturbation)
            return tf.div(objective(crossEntropy, logits, batch), copies) as tf.Scalar
          })(site.parameters.map(name => parameters[name]!))
          return Object.fromEntries(site.parameters.map((name, at) => [name, grads[at]!]))
        }),
      )
      for (const prefix of prefixes) disposePrefix(prefix)
      return { loss: tf.scalar(0), gradients: Object.assign({}, ...gradients), forwards: 0 }
    },
  }
}

/** Backprop with normal noise on each of these groups of parameters in turn, the others clean. */
function movedWeights(groups: readonly (readonly string[])[]): Estimator {
  return {
    estimate(network, parameters, batch, noise) {
      const found: Record<string, tf.Tensor> = {}
      for (const group of groups) {
        const moved: Parameters = Object.fromEntries(
          group.map(name => {
            const { shape, size } = parameters[name]!
            const drawn = noise.stream('moved', name).normals(new Float32Array(size))
            const value = tf.tidy(() =>
              tf.add(parameters[name]!, tf.mul(tf.tensor(drawn, shape), sigma)),
            )
            return [name, value]
          }),
        )
        const all = { ...parameters, ...moved }
        const { gradients, loss } = backprop().estimate(network, all, batch, noise)
        for (const [name, gradient] of Object.entries(gradients)) {
          if (group.includes(name)) found[name] = gradient
          else gradient.dispose()
        }
        tf.dispose([loss, moved as Record<string, tf.Tensor>])
      }
      return { loss: tf.scalar(0), gradients: found, forwards: groups.length }
    },
  }
}

/** Central differences by log σ of every channel of a site, with the same noise on both sides. */
function smoothedSlopes(
  network: Network,
  parameters: Parameters,
  prefix: Prefix,
  batch: Batch,
): Estimated[] {
  const { preactivation } = prefix
  const channels = preactivation.shape.at(-1)!
  const step = 0.02
  const noise = normalTensor([4000, ...preactivation.shape], prefix.site.name)
  const slopes = Array.from({ length: channels }, (_, channel) => {
    const differences = tf.tidy(() => {
      const losses = (by: number) => {
        const scale = Array.from({ length: channels }, (__, at) => (at === channel ? by : 0))
        const own = tf.mul(tf.exp(tf.tensor1d(scale)), sigma)
        const { logits } = network.resume(parameters, prefix, tf.mul(noise, own))
        return objectives(crossEntropy, logits, batch)
      }
      return tf.div(tf.sub(losses(step), losses(-step)), 2 * step).dataSync()
    })
    return meanOf([...differences])
  })
  noise.dispose()
  return slopes
}

function meanOf(values: readonly number[]): Estimated {
  const { length } = values
  const mean = values.reduce((sum, value) => sum + value, 0) / length
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  return { mean, error: Math.sqrt(squares / (length - 1) / length) }
}

function cosine(a: readonly number[], b: readonly number[]): number {
  const dot = (x: readonly number[], y: readonly number[]) =>
    x.reduce((sum, value, at) => sum + value * y[at]!, 0)
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b))
}
