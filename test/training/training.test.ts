import { mkdtemp, readdir, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { architectureSchema, buildNetwork } from '../../models/architecture.ts'
import { initialise } from '../../models/initialise.ts'
import { imageInput } from '../../models/input.ts'
import { glyphs } from '../../src/data/glyphs.ts'
import { tf } from '../../src/engine/tf.ts'
import { WorkError } from '../../src/errors.ts'
import { taskOf, testAccuracy } from '../../src/tasks/task.ts'
import { loadCheckpoint, saveCheckpoint, weightsHash } from '../../src/training/checkpoint.ts'
import { createEstimator, estimatorSchema } from '../../src/training/estimators/create-estimator.ts'
import { clipToNorm, gradientNorm } from '../../src/training/gradient-norm.ts'
import { crossEntropy, zeroOne } from '../../src/training/loss.ts'
import { createOptimiser, optimiserSchema } from '../../src/training/optimiser.ts'
import { decodeSafetensors, encodeSafetensors } from '../../src/training/safetensors.ts'
import { rateFactor } from '../../src/training/schedule.ts'
import { disposeBatch, train, trainingSchema } from '../../src/training/train.ts'
import { distance, leavesNoTensors, normalTensor, useEngine } from '../with-engine.ts'

useEngine()

const dataset = glyphs({ train: 400, test: 100, seed: 0 })
const task = taskOf(dataset)
const architecture = architectureSchema.parse({ name: 'mlp', hidden: [32] })
const network = buildNetwork(architecture, imageInput(dataset.shape, 10))

const withoutUndefined = (options: object) =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined))

const trainWith = (arm: object, options: object = {}, seed = 0, loss = crossEntropy) =>
  train({
    network,
    task,
    estimator: createEstimator(estimatorSchema.parse(arm), loss),
    options: trainingSchema.parse(withoutUndefined({ epochs: 2, batch: 40, ...options })),
    seed,
  })

/** The optimisers of TensorFlow.js, which follow the same formulas, as the reference. */
for (const [options, reference] of [
  [{ name: 'sgd' }, () => tf.train.sgd(0.1)],
  [{ name: 'momentum', momentum: 0.8 }, () => tf.train.momentum(0.1, 0.8)],
  [{ name: 'adam' }, () => tf.train.adam(0.1, 0.9, 0.999, 1e-8)],
] as const) {
  test.serial(`${options.name} takes the same steps as TensorFlow.js`, t => {
    const start = normalTensor([4, 3], 'start')
    const variable = tf.variable(start, true, `reference-${options.name}`)
    const library = reference()
    const optimiser = createOptimiser(optimiserSchema.parse(options))
    let parameters: Record<string, tf.Tensor> = { w: tf.clone(start) }
    for (let step = 0; step < 6; step++) {
      const gradient = normalTensor([4, 3], `gradient ${step}`)
      library.applyGradients({ [variable.name]: gradient } as never)
      const next = optimiser.step(parameters, { w: gradient }, 0.1)
      tf.dispose([parameters, gradient])
      parameters = { ...next }
      t.true(distance(parameters.w!, variable) < 1e-5, `step ${step}`)
    }
    const moments = options.name === 'sgd' ? 0 : options.name === 'momentum' ? 1 : 2
    const before = tf.memory().numTensors
    optimiser.dispose()
    t.is(tf.memory().numTensors, before - moments)
    tf.dispose([start, variable, parameters])
  })
}

test('learning-rate schedules follow their formulas', t => {
  t.is(rateFactor({ name: 'constant' }, 7, 0.7), 1)
  t.is(rateFactor({ name: 'step', factor: 0.5, epochs: 3 }, 2.9, 0.29), 1)
  t.is(rateFactor({ name: 'step', factor: 0.5, epochs: 3 }, 6.5, 0.65), 0.25)
  t.is(rateFactor({ name: 'cosine', floor: 0.1 }, 0, 0), 1)
  t.true(Math.abs(rateFactor({ name: 'cosine', floor: 0.1 }, 5, 0.5) - 0.55) < 1e-12)
  t.true(Math.abs(rateFactor({ name: 'cosine', floor: 0.1 }, 10, 1) - 0.1) < 1e-12)
})

test.serial(
  'clipping scales all gradients together to the limit',
  leavesNoTensors(t => {
    const gradients = { a: tf.tensor1d([3, 0]), b: tf.tensor1d([0, 4]) }
    t.is(gradientNorm(gradients), 5)
    t.is(clipToNorm(gradients, 5, 6), gradients)
    const clipped = clipToNorm(gradients, 5, 1)
    t.true(Math.abs(gradientNorm(clipped) - 1) < 1e-6)
    t.true(Math.abs(clipped.a!.dataSync()[0]! - 0.6) < 1e-6)
    tf.dispose(clipped)
  }),
)

test.serial(
  'an epoch visits every example once, in another order than the next',
  leavesNoTensors(t => {
    const source = task.batches(100, 3)
    const epoch = () =>
      Array.from({ length: 4 }, () => {
        const { x, labels } = source.next().value
        const values = tf.tidy(() => Array.from(tf.sum(tf.reshape(x, [100, -1]), 1).dataSync()))
        tf.dispose([x, labels])
        return values
      }).flat()
    const [first, second] = [epoch(), epoch()]
    t.notDeepEqual(first, second)
    t.deepEqual(first.toSorted(), second.toSorted())
    t.true(new Set(first).size > 390)
  }),
)

for (const arm of [
  { name: 'bp' },
  { name: 'bp-noise' },
  { name: 'lr-logit', copies: 4 },
  { name: 'lr-logit', copies: 4, learnSigma: true },
  { name: 'bp-noise', copies: 2, layerWise: false },
  { name: 'lr-logit', copies: 8, layerWise: false, noise: { kind: 'laplace' } },
  { name: 'lr-weight', copies: 32, noise: { sequence: 'sobol' } },
  { name: 'lr-hybrid', copies: [16, 4], sigma: [0.01, 0.1], inject: ['weight', 'logit'] },
  { name: 'es', copies: 32 },
]) {
  test.serial(
    `${JSON.stringify(arm)} learns, and the same seed gives bit-equal weights`,
    leavesNoTensors(async t => {
      const options = { epochs: 8, learningRate: 0.01, curvePoints: 4 }
      const one = await trainWith(arm, options)
      t.is(one.state, 'trained')
      t.is(one.updates, 80)
      t.deepEqual(
        Object.keys(one.parameters),
        network.parameters.map(({ name }) => name),
      )
      t.deepEqual(
        one.curve.map(point => point.updates),
        [20, 40, 60, 80],
      )
      t.true(one.curve.at(-1)!.trainLoss! < one.curve[0]!.trainLoss! - 0.1)
      t.true(
        testAccuracy(taskOf({ ...dataset, test: dataset.train }), network, one.parameters) > 0.25,
      )
      const short = { ...options, epochs: 1 }
      const [first, again] = [await trainWith(arm, short), await trainWith(arm, short)]
      const other = await trainWith(arm, short, 1)
      t.is(weightsHash(first.parameters), weightsHash(again.parameters))
      t.not(weightsHash(first.parameters), weightsHash(other.parameters))
      for (const { parameters } of [one, first, again, other]) {
        tf.dispose(parameters as Record<string, tf.Tensor>)
      }
    }),
  )
}

test.serial(
  'a loss that is not finite ends the run as diverged',
  leavesNoTensors(async t => {
    const deep = architectureSchema.parse({ name: 'mlp', hidden: [128, 128, 128, 128, 128] })
    const result = await train({
      network: buildNetwork(deep, imageInput(dataset.shape, 10)),
      task,
      estimator: createEstimator({ name: 'bp' }, crossEntropy),
      options: trainingSchema.parse({ epochs: 3, learningRate: 100, optimiser: { name: 'sgd' } }),
      seed: 0,
    })
    t.is(result.state, 'diverged')
    t.true(result.updates < 10)
    t.is(result.curve.at(-1)!.testAccuracy, null)
    t.true(result.curve.every(({ trainLoss }) => trainLoss === null || Number.isFinite(trainLoss)))
    tf.dispose(result.parameters as Record<string, tf.Tensor>)
  }),
)

test.serial(
  'a budget of forward passes is used up, whatever an update takes',
  leavesNoTensors(async t => {
    for (const [arm, updates] of [
      [{ name: 'bp' }, 90],
      [{ name: 'bp-noise', copies: 1 }, 30],
      [{ name: 'lr-logit', copies: 4 }, 10],
    ] as const) {
      const budget = { epochs: undefined, forwards: 90, curvePoints: 2 }
      const result = await trainWith(arm, budget)
      t.is(result.updates, updates)
      t.is(result.forwards, 90)
      t.deepEqual(
        result.curve.map(point => point.forwards),
        [45, 90],
      )
      tf.dispose(result.parameters as Record<string, tf.Tensor>)
    }
  }),
)

test.serial(
  'a budget of seconds ends the training when they have passed',
  leavesNoTensors(async t => {
    const result = await trainWith({ name: 'bp' }, { epochs: undefined, seconds: 0.5 })
    t.true(result.seconds >= 0.5 && result.seconds < 2, `${result.seconds} s`)
    t.true(result.updates > 1)
    tf.dispose(result.parameters as Record<string, tf.Tensor>)
  }),
)

test('a training has one budget', t => {
  for (const options of [{}, { epochs: 1, forwards: 10 }, { forwards: 10, seconds: 1 }]) {
    const { error } = trainingSchema.safeParse(options)
    t.is(error?.issues[0]?.message, 'give one of epochs, forwards and seconds')
  }
})

test.serial(
  'weight decay pulls weights to zero and leaves biases alone',
  leavesNoTensors(async t => {
    const options = { optimiser: { name: 'sgd' }, learningRate: 0.1, epochs: 0.1, loss: 'zero-one' }
    // The 0-1 loss has the gradient zero: all that moves is the decay.
    const { parameters, updates } = await trainWith(
      { name: 'bp' },
      { ...options, weightDecay: 0.5 },
      0,
      zeroOne,
    )
    const start = initialise(network, 0)
    t.is(updates, 1)
    for (const { name, fanIn } of network.parameters) {
      const expected = tf.mul(start[name]!, fanIn > 0 ? 0.95 : 1)
      t.true(distance(parameters[name]!, expected) < 1e-6, name)
      expected.dispose()
    }
    tf.dispose([parameters, start] as unknown as tf.Tensor[])
  }),
)

test.serial(
  'images are augmented in every batch anew, equally for every arm',
  leavesNoTensors(t => {
    const changed = () => task.batches(50, 3, { crop: 2, flip: true })
    const [one, two, plain] = [changed(), changed(), task.batches(50, 3)]
    for (let step = 0; step < 2; step++) {
      const [a, b, c] = [one, two, plain].map(source => source.next().value!)
      t.is(distance(a!.x, b!.x), 0)
      t.true(distance(a!.x, c!.x) > 0.5)
      t.is(distance(a!.labels, c!.labels), 0)
      for (const batch of [a!, b!, c!]) disposeBatch(batch)
    }
  }),
)

test.serial('work ends where the progress callback throws, and shares rise to one', async t => {
  const shares: number[] = []
  const options = trainingSchema.parse({ epochs: 1, batch: 100 })
  const estimator = createEstimator({ name: 'bp' }, crossEntropy)
  const request = { network, task, estimator, options, seed: 0 }
  const { parameters } = await train({ ...request, onProgress: s => void shares.push(s) })
  t.deepEqual(shares, [0.25, 0.5, 0.75, 1])
  tf.dispose(parameters as Record<string, tf.Tensor>)
  const stop = () => Promise.reject(new Error('stop'))
  await t.throwsAsync(train({ ...request, onProgress: stop }), { message: 'stop' })
})

const temporary = async (t: { teardown(f: () => Promise<void>): void }) => {
  const folder = await mkdtemp(join(tmpdir(), 'gauntlet-training-'))
  t.teardown(() => rm(folder, { recursive: true }))
  return folder
}

test.serial('a checkpoint gives back the same network, bit by bit', async t => {
  const file = join(await temporary(t), 'deep', 'model.safetensors')
  const parameters = initialise(network, 5)
  const info = { architecture, provenance: { seed: 5 } }
  const hashes = await saveCheckpoint(file, parameters, info)
  const loaded = await loadCheckpoint(file, task.input)
  t.is(hashes.weights, weightsHash(loaded.parameters))
  t.deepEqual(loaded.architecture, architecture)
  t.deepEqual(loaded.provenance, { seed: 5 })
  t.is(
    testAccuracy(task, network, parameters),
    testAccuracy(task, loaded.network, loaded.parameters),
  )
  t.deepEqual(await readdir(join(file, '..')), ['model.safetensors'])
  tf.dispose([parameters, loaded.parameters] as unknown as tf.Tensor[])
})

test.serial('a missing, truncated or foreign checkpoint gives one clear line', async t => {
  const folder = await temporary(t)
  const file = join(folder, 'model.safetensors')
  const refused = async (message: RegExp) => {
    const error = await t.throwsAsync(loadCheckpoint(file, task.input), {
      instanceOf: WorkError,
      message,
    })
    t.false(error.message.includes('\n'))
  }
  await refused(/cannot read checkpoint/)
  const parameters = initialise(network, 5)
  const info = { architecture, provenance: {} }
  await saveCheckpoint(file, parameters, info)
  await truncate(file, 2000)
  await refused(/ends within tensor/)
  await writeFile(file, 'abc')
  await refused(/too few/)
  await writeFile(file, Buffer.alloc(64, 255))
  await refused(/longer than the file/)
  await writeFile(file, encodeSafetensors({ metadata: {}, tensors: {} }))
  await refused(/does not describe a network/)
  tf.dispose(parameters as Record<string, tf.Tensor>)
})

/** Bytes as the format's documentation lays them out, by hand. */
test('safetensors bytes follow the published layout', t => {
  const header = '{"__metadata__":{},"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}'
  const padded = header.padEnd(Math.ceil(header.length / 8) * 8)
  const expected = Buffer.alloc(8 + padded.length + 8)
  expected.writeUInt32LE(padded.length, 0)
  expected.write(padded, 8)
  expected.writeFloatLE(1.5, 8 + padded.length)
  expected.writeFloatLE(-2, 12 + padded.length)
  const content = {
    metadata: {},
    tensors: { a: { shape: [2], values: new Float32Array([1.5, -2]) } },
  }
  t.deepEqual(encodeSafetensors(content), expected)
  t.deepEqual(decodeSafetensors(expected, 'a file'), content)
})
