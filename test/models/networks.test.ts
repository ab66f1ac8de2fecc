import test from 'ava'
import { architectureSchema, buildNetwork } from '../../models/architecture.ts'
import { initialise } from '../../models/initialise.ts'
import { type ImageShape, imageInput } from '../../models/input.ts'
import type { Network, Prefix } from '../../models/network.ts'
import { tf } from '../../src/engine/tf.ts'
import { disposePrefix } from '../../src/training/estimators/site-by-site.ts'
import {
  distance,
  leavesNoTensors,
  normalTensor,
  uniformTensor,
  useEngine,
} from '../with-engine.ts'

useEngine()

const small: readonly [string, ImageShape, object][] = [
  ['mlp', [3, 2, 1], { name: 'mlp', hidden: [5, 4], activation: 'tanh' }],
  ['lenet', [7, 8, 2], { name: 'lenet', channels: [3, 4], hidden: 6 }],
  ['resnet5', [8, 8, 3], { name: 'resnet5', activation: 'tanh' }],
  ['vgg8', [6, 5, 2], { name: 'vgg8', activation: 'tanh' }],
  ['resnet of depth 5', [5, 6, 2], { name: 'resnet', depth: 5, width: 2, activation: 'tanh' }],
  ['resnet of depth 8', [6, 6, 2], { name: 'resnet', depth: 8, width: 2 }],
]

const shapesOf = (network: Network) => network.parameters.map(({ shape }) => shape.join('x'))
const build = (input: ImageShape, architecture: object) =>
  buildNetwork(architectureSchema.parse(architecture), imageInput(input, 10))

test('the architectures have the published layer sizes', t => {
  t.deepEqual(shapesOf(build([28, 28, 1], { name: 'mlp' })), [
    ...['784x128', '128', '128x64', '64', '64x10', '10'],
  ])
  t.deepEqual(shapesOf(build([28, 28, 1], { name: 'lenet' })), [
    ...['5x5x1x16', '16', '5x5x16x32', '32', '1568x64', '64', '64x10', '10'],
  ])
  t.deepEqual(shapesOf(build([32, 32, 3], { name: 'resnet5' })), [
    ...['3x3x3x8', '8', '3x3x8x16', '16', '3x3x16x32', '32', '3x3x32x32', '32', '512x10', '10'],
  ])
  t.deepEqual(
    shapesOf(build([32, 32, 3], { name: 'vgg8' })).filter(shape => shape.includes('x')),
    [
      ...['3x3x3x16', '3x3x16x16', '3x3x16x32', '3x3x32x32', '3x3x32x64', '3x3x64x64'],
      ...['1024x256', '256x10'],
    ],
  )
  // The sizes of He et al. for 6 n + 2 layers.
  t.deepEqual(
    shapesOf(build([32, 32, 3], { name: 'resnet', depth: 8 })).filter(shape => shape.includes('x')),
    [
      ...['3x3x3x16', '3x3x16x16', '3x3x16x16', '3x3x16x32', '3x3x32x32', '3x3x32x64'],
      ...['3x3x64x64', '64x10'],
    ],
  )
})

for (const [name, input, architecture] of small) {
  test.serial(
    `${name}: resuming at any site gives the logits, copy by copy`,
    leavesNoTensors(t => {
      const network = build(input, architecture)
      const parameters = initialise(network, 3)
      const x = uniformTensor([4, ...input], 'x')
      const logits = network.logits(parameters, x)
      const twice = tf.concat([logits, logits])
      let prefix: Prefix = network.enter(parameters, x)
      for (const site of network.sites) {
        t.deepEqual(prefix.preactivation.shape, [4, ...site.shape])
        const zero = tf.zeros([2, 4, ...site.shape])
        const { logits: resumed } = network.resume(parameters, prefix, zero)
        t.true(distance(resumed, twice) < 1e-5, site.name)
        tf.dispose([zero, resumed])
        const next =
          site.index < network.sites.length - 1 ? network.advance(parameters, prefix) : prefix
        if (next !== prefix) disposePrefix(prefix)
        prefix = next
      }
      disposePrefix(prefix)
      tf.dispose([x, logits, twice, parameters as Record<string, tf.Tensor>])
    }),
  )

  test.serial(
    `${name}: the local gradients are those of autodiff`,
    leavesNoTensors(t => {
      const network = build(input, architecture)
      const parameters = initialise(network, 4)
      const x = uniformTensor([3, ...input], 'x')
      let prefix: Prefix = network.enter(parameters, x)
      for (const site of network.sites) {
        const delta = normalTensor([3, ...site.shape], site.name)
        const local = network.localGradient(prefix, delta)
        const { grads, value } = tf.valueAndGrads((...values: tf.Tensor[]) => {
          const own = Object.fromEntries(site.parameters.map((p, at) => [p, values[at]!]))
          const again = replay(network, { ...parameters, ...own }, x, site.index)
          return tf.sum(tf.mul(again, delta)) as tf.Scalar
        })(site.parameters.map(p => parameters[p]!))
        site.parameters.forEach((p, at) => {
          t.true(distance(local[p]!, grads[at]!) < 1e-4, p)
        })
        tf.dispose([delta, local, grads, value])
        const next =
          site.index < network.sites.length - 1 ? network.advance(parameters, prefix) : prefix
        if (next !== prefix) disposePrefix(prefix)
        prefix = next
      }
      disposePrefix(prefix)
      tf.dispose([x, parameters as Record<string, tf.Tensor>])
    }),
  )
}

/** The pre-activation of a site, from the input on. */
function replay(
  network: Network,
  parameters: Record<string, tf.Tensor>,
  x: tf.Tensor,
  index: number,
): tf.Tensor {
  let prefix = network.enter(parameters, x)
  for (let at = 0; at < index; at++) prefix = network.advance(parameters, prefix)
  return prefix.preactivation
}

test.serial(
  'initial weights depend on seed and name alone and have variance 2 / fan-in',
  leavesNoTensors(t => {
    const network = build([28, 28, 1], { name: 'mlp' })
    const [a, b, c] = [initialise(network, 1), initialise(network, 1), initialise(network, 2)]
    const deeper = initialise(build([28, 28, 1], { name: 'mlp', hidden: [128, 64, 32] }), 1)
    t.is(distance(a['dense1/weight']!, b['dense1/weight']!), 0)
    t.is(distance(a['dense1/weight']!, deeper['dense1/weight']!), 0)
    t.true(distance(a['dense1/weight']!, c['dense1/weight']!) > 0.1)
    t.is(
      tf.tidy(() => tf.max(tf.abs(a['dense1/bias']!)).dataSync()[0]),
      0,
    )
    const variance = tf.tidy(() => tf.moments(a['dense1/weight']!).variance.dataSync()[0]!)
    // Standard error of the variance of n normals: σ² √(2/n).
    t.true(Math.abs(variance - 2 / 784) < 4 * (2 / 784) * Math.sqrt(2 / (784 * 128)))
    for (const parameters of [a, b, c, deeper]) tf.dispose(parameters as Record<string, tf.Tensor>)
  }),
)

test.serial('a resnet has as many sites as its depth, and its logits keep their scale', t => {
  const x = uniformTensor([16, 8, 8, 1], 'x')
  for (let depth = 5; depth <= 20; depth++) {
    const network = build([8, 8, 1], { name: 'resnet', depth, width: 4 })
    t.is(network.sites.length, depth)
    const parameters = initialise(network, 0)
    const logits = network.logits(parameters, x)
    const scale = Math.sqrt(tf.tidy(() => tf.mean(tf.square(logits)).dataSync()[0]!))
    t.true(scale > 0.1 && scale < 10, `depth ${depth}: ${scale}`)
    tf.dispose([logits, parameters as Record<string, tf.Tensor>])
  }
  x.dispose()
})

test.serial('the skip of a resnet block carries its input past two convolutions', t => {
  const network = build([4, 4, 1], { name: 'resnet', depth: 6, width: 2 })
  const zero = Object.fromEntries(
    Object.entries(initialise(network, 0)).map(([name, value]) => {
      const kept = name.startsWith('conv1/') || name.startsWith('dense/')
      return [name, kept ? value : tf.zerosLike(value)]
    }),
  )
  const x = uniformTensor([3, 4, 4, 1], 'x')
  const logits = network.logits(zero, x)
  // Convolutions of zeros leave the skips alone: h / √2, pooled by two, h / √2, mean.
  const expected = tf.tidy(() => {
    const first = network.enter(zero, x).preactivation as tf.Tensor4D
    const pooled = tf.mean(tf.maxPool(tf.relu(first), 2, 2, 'same'), [1, 2])
    const rows = tf.mul(pooled, 0.5) as tf.Tensor2D
    return tf.matMul(rows, tf.slice(zero['dense/weight'] as tf.Tensor2D, [0, 0], [2, 10]))
  })
  t.true(distance(logits, expected) < 1e-5)
  t.true(tf.tidy(() => tf.max(tf.abs(logits)).dataSync()[0]!) > 0.01)
  tf.dispose([x, logits, expected, zero])
})

test('an unknown option of an architecture is refused', t => {
  t.false(architectureSchema.safeParse({ name: 'mlp', widths: [3] }).success)
  t.false(architectureSchema.safeParse({ name: 'transformer' }).success)
})
