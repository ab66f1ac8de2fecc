import test from 'ava'
import { architectureSchema, buildNetwork } from '../../models/architecture.ts'
import { initialise } from '../../models/initialise.ts'
import { imageInput } from '../../models/input.ts'
import type { Network, Prefix } from '../../models/network.ts'
import { withReference } from '../../src/engine/reference.ts'
import { tf } from '../../src/engine/tf.ts'
import { UsageError } from '../../src/errors.ts'
import { backprop } from '../../src/training/estimators/backprop.ts'
import { disposePrefix } from '../../src/training/estimators/site-by-site.ts'
import { flat, noiseOf } from '../training/estimator-fixtures.ts'
import { distance, leavesNoTensors, normalTensor, useEngine } from '../with-engine.ts'
import { numbersOf, type Shape, slowGradient, slowLogits, slowLoss } from './recurrent-reference.ts'

useEngine()

/** Padding on the left, on the right, on both sides and within, nowhere, and nothing else. */
const texts = [
  [0, 0, 3, 1, 5],
  [2, 4, 4, 0, 0],
  [0, 6, 0, 2, 0],
  [1, 2, 3, 4, 5],
  [0, 0, 0, 0, 0],
]
const labels = [0, 2, 1, 1, 0]
const input = { kind: 'sequences', length: 5, vocabulary: 7, classes: 3 } as const

const build = (architecture: object) => buildNetwork(architectureSchema.parse(architecture), input)
const sizes = { embedding: 3, hidden: 4 }
const functions = { tanh: Math.tanh, relu: (v: number) => Math.max(0, v) }
const cases = (['elman', 'gru', 'lstm'] as const).flatMap(cell =>
  [1, 2].map(layers => {
    const phi = cell === 'elman' && layers === 2 ? 'relu' : 'tanh'
    const activation = phi === 'relu' ? { activation: phi } : {}
    const architecture = { name: cell, ...sizes, layers, ...activation }
    const shape: Shape = { cell, ...sizes, layers, classes: 3, phi: functions[phi] }
    return { title: `${cell} of ${layers}`, network: build(architecture), shape }
  }),
)

/** Initial values with biases of their own, and the texts as a batch. */
function fixture(network: Network) {
  const initial = initialise(network, 3) as Record<string, tf.Tensor>
  const parameters = Object.fromEntries(
    Object.entries(initial).map(([name, value]) => [
      name,
      tf.tidy(() => tf.add(value, tf.mul(normalTensor(value.shape, name), 0.3))),
    ]),
  )
  tf.dispose(initial)
  const batch = {
    x: tf.tensor2d(texts, undefined, 'int32'),
    labels: tf.tidy(() => tf.oneHot(tf.tensor1d(labels, 'int32'), 3).toFloat()) as tf.Tensor2D,
  }
  return { parameters, batch, dispose: () => tf.dispose([parameters, batch.x, batch.labels]) }
}

/** Visits the clean prefixes of all sites. */
function eachSite(
  network: Network,
  parameters: Record<string, tf.Tensor>,
  x: tf.Tensor,
  visit: (prefix: Prefix) => void,
): void {
  let prefix = network.enter(parameters, x)
  for (const { index } of network.sites) {
    visit(prefix)
    const next = index < network.sites.length - 1 ? network.advance(parameters, prefix) : undefined
    disposePrefix(prefix)
    if (next) prefix = next
  }
}

for (const { title, network, shape } of cases) {
  test.serial(
    `${title}: the logits are those of plain loops over the text without its padding`,
    leavesNoTensors(t => {
      const { parameters, batch, dispose } = fixture(network)
      const logits = network.logits(parameters, batch.x)
      const numbers = numbersOf(parameters)
      const expected = tf.tensor2d(texts.map(tokens => slowLogits(numbers, tokens, shape)))
      t.true(distance(logits, expected) < 2e-6)
      tf.dispose([logits, expected])
      dispose()
    }),
  )

  test.serial(
    `${title}: the gradient of backprop is that of finite differences`,
    leavesNoTensors(t => {
      const { parameters, batch, dispose } = fixture(network)
      const { gradients, loss } = backprop().estimate(network, parameters, batch, noiseOf(0))
      const numbers = numbersOf(parameters)
      const expected = slowGradient(network, numbers, p => slowLoss(p, texts, labels, shape))
      flat(network, gradients).forEach((value, at) => {
        t.true(Math.abs(value - expected[at]!) < 2e-6, `entry ${at}: ${value}, ${expected[at]}`)
      })
      tf.dispose([gradients, loss])
      dispose()
    }),
  )

  test.serial(
    `${title}: resuming at any site, or passing it anew, gives the logits, copy by copy`,
    leavesNoTensors(t => {
      const { parameters, batch, dispose } = fixture(network)
      const logits = network.logits(parameters, batch.x)
      const twice = tf.concat([logits, logits])
      eachSite(network, parameters, batch.x, prefix => {
        t.deepEqual(prefix.preactivation.shape, [texts.length, ...prefix.site.shape])
        const zero = tf.zeros([2, ...prefix.preactivation.shape])
        const resumed = network.resume(parameters, prefix, zero)
        const again = network.redo(parameters, prefix)
        const copied = network.copied(prefix, 2)
        const ofCopies = network.redo(parameters, copied)
        t.true(distance(resumed.logits, twice) < 1e-6, prefix.site.name)
        t.true(distance(again, logits) < 1e-6, prefix.site.name)
        t.true(distance(ofCopies, twice) < 1e-6, prefix.site.name)
        t.is(resumed.trajectory.length > 0, prefix.site.feedback)
        disposePrefix(copied)
        tf.dispose([zero, resumed.logits, [...resumed.trajectory], again, ofCopies])
      })
      tf.dispose([logits, twice])
      dispose()
    }),
  )

  test.serial(
    `${title}: noise on padding reaches no logit and gets no credit`,
    leavesNoTensors(t => {
      const { parameters, batch, dispose } = fixture(network)
      const logits = network.logits(parameters, batch.x)
      eachSite(network, parameters, batch.x, prefix => {
        if (prefix.site.name === 'readout') return
        tf.tidy(() => {
          const losses = tf.tensor2d([[1, 2, 3, 4, 5]])
          const credit = network.credit(prefix, losses)
          const ofText = texts.map((text, row) => text.map(token => (token === 0 ? 0 : row + 1)))
          t.deepEqual(credit.arraySync(), [ofText])
          const padding = tf.expandDims(tf.equal(batch.x, 0).toFloat(), 2)
          const noise = tf.mul(normalTensor([1, ...prefix.preactivation.shape], 'noise'), padding)
          t.is(distance(network.resume(parameters, prefix, noise).logits, logits), 0)
          const all = network.resume(parameters, prefix, normalTensor(noise.shape, 'noise'))
          t.true(distance(all.logits, logits) > 0.01)
        })
      })
      logits.dispose()
      dispose()
    }),
  )
}

test.serial(
  'the row of the padding is never read and its gradient is zero',
  leavesNoTensors(t => {
    for (const { network } of cases) {
      const { parameters, batch, dispose } = fixture(network)
      tf.tidy(() => {
        const logits = network.logits(parameters, batch.x)
        const table = parameters['embedding/weight']!
        const padding = tf.oneHot(tf.tensor1d([0], 'int32'), 7).reshape([7, 1])
        const moved = { ...parameters, 'embedding/weight': tf.add(table, padding.mul(9)) }
        t.is(distance(network.logits(moved, batch.x), logits), 0)
        const prefix = network.enter(parameters, batch.x)
        const delta = tf.ones(prefix.preactivation.shape)
        const gradient = network.localGradient(prefix, delta)['embedding/weight']!
        // How often each token stands in the texts.
        const counts = [0, 2, 3, 2, 3, 2, 1]
        t.deepEqual(
          gradient.arraySync(),
          counts.map(count => [count, count, count]),
        )
      })
      dispose()
    }
  }),
)

test.serial('the reference backend runs and differentiates alike', async t => {
  for (const { title, network } of cases) {
    const run = () => {
      const { parameters, batch, dispose } = fixture(network)
      const logits = network.logits(parameters, batch.x)
      const { gradients, loss } = backprop().estimate(network, parameters, batch, noiseOf(0))
      const numbers = [...logits.dataSync(), ...flat(network, gradients)]
      tf.dispose([logits, gradients, loss])
      dispose()
      return numbers
    }
    const expected = await withReference(run)
    const furthest = run().reduce((most, x, at) => Math.max(most, Math.abs(x - expected[at]!)), 0)
    t.true(furthest < 1e-6, `${title}: ${furthest}`)
  }
})

test.serial(
  'a threshold Elman layer steps, and only its readout has a derivative',
  leavesNoTensors(t => {
    const network = build({ name: 'elman', ...sizes, activation: 'threshold' })
    const { parameters, batch, dispose } = fixture(network)
    const shape: Shape = {
      ...{ cell: 'elman', ...sizes, layers: 1, classes: 3 },
      phi: v => (v > 0 ? 1 : 0),
    }
    const numbers = numbersOf(parameters)
    const logits = network.logits(parameters, batch.x)
    const expected = tf.tensor2d(texts.map(tokens => slowLogits(numbers, tokens, shape)))
    t.true(distance(logits, expected) < 1e-6)
    const { gradients, loss } = backprop().estimate(network, parameters, batch, noiseOf(0))
    for (const [name, gradient] of Object.entries(gradients)) {
      const zero = gradient.dataSync().every(value => value === 0)
      t.is(zero, !name.startsWith('readout/'), name)
    }
    tf.dispose([logits, expected, gradients, loss])
    dispose()
  }),
)

test.serial(
  'feedback starts as one orthogonal matrix for each gate, and gates start by keeping memory',
  leavesNoTensors(t => {
    for (const { network } of cases) {
      const [a, b] = [initialise(network, 1), initialise(network, 1)]
      const [c] = [initialise(network, 2)]
      const name = 'recurrent1/feedback'
      t.is(distance(a[name]!, b[name]!), 0)
      t.true(distance(a[name]!, c[name]!) > 0.1)
      tf.tidy(() => {
        const gates = a[name]!.shape[1]! / 4
        const blocks = tf.split(a[name]!, gates, 1)
        for (const [at, block] of blocks.entries()) {
          t.true(distance(tf.matMul(block, block, true), tf.eye(4)) < 1e-6)
          if (at > 0) t.true(distance(block, blocks[0]!) > 0.1)
        }
        const bias = a['recurrent1/bias']!
        const open = { 1: [0], 3: [0, 1, 0], 4: [0, 1, 0, 0] }[gates]!
        const expected = open.flatMap(value => Array<number>(4).fill(value))
        t.deepEqual([...bias.dataSync()], expected)
      })
      tf.dispose([a, b, c] as Record<string, tf.Tensor>[])
    }
  }),
)

test('sites, sizes and defaults', t => {
  const gru = build({ name: 'gru', layers: 2 })
  t.deepEqual(
    gru.sites.map(({ name, kind }) => `${name} ${kind}`),
    ['embedding embedding', 'recurrent1 recurrent', 'recurrent2 recurrent', 'readout dense'],
  )
  t.deepEqual(
    gru.parameters.map(({ name, shape }) => `${name} ${shape.join('x')}`),
    [
      'embedding/weight 7x32',
      ...[1, 2].flatMap(layer => [
        `recurrent${layer}/weight 32x96`,
        `recurrent${layer}/bias 96`,
        `recurrent${layer}/feedback 32x96`,
        `recurrent${layer}/candidate-bias 32`,
      ]),
      ...['readout/weight 32x3', 'readout/bias 3'],
    ],
  )
})

test('what does not fit is refused', t => {
  const { error } = architectureSchema.safeParse({ name: 'gru', activation: 'relu' })
  t.is(error?.issues[0]?.message, 'gru and lstm have activations of their own')
  t.throws(
    () => buildNetwork(architectureSchema.parse({ name: 'lstm' }), imageInput([2, 2, 1], 3)),
    {
      instanceOf: UsageError,
      message: 'invalid architecture: lstm takes texts, the data set holds images',
    },
  )
})
