import test from 'ava'
import { architectureSchema, buildNetwork } from '../../models/architecture.ts'
import { initialise } from '../../models/initialise.ts'
import { type ImageShape, imageInput } from '../../models/input.ts'
import type { Network, Parameters, Prefix } from '../../models/network.ts'
import { poissonSpikes } from '../../models/spike-encoding.ts'
import { surrogateNames } from '../../models/surrogate.ts'
import { tf } from '../../src/engine/tf.ts'
import { stream } from '../../src/random/stream.ts'
import { disposePrefix } from '../../src/training/estimators/site-by-site.ts'
import {
  distance,
  leavesNoTensors,
  normalTensor,
  uniformTensor,
  useEngine,
} from '../with-engine.ts'
import { referenceGradients, referenceLogits } from './spiking-reference.ts'

useEngine()

const build = (shape: ImageShape, architecture: object, classes = 3) =>
  buildNetwork(architectureSchema.parse(architecture), imageInput(shape, classes))

/** Initial weights, and biases that are not zero. */
function startOf(network: Network): Record<string, tf.Tensor> {
  const weights = initialise(network, 3)
  return Object.fromEntries(
    network.parameters.map(({ name, shape, fanIn }) => {
      if (fanIn > 0) return [name, weights[name]!]
      weights[name]!.dispose()
      return [name, tf.tidy(() => tf.mul(normalTensor([...shape], name), 0.2))]
    }),
  )
}

/** The prefix of every site in turn; `visit` must not keep them. */
function walk(network: Network, parameters: Parameters, x: tf.Tensor, visit: (p: Prefix) => void) {
  let prefix = network.enter(parameters, x)
  for (const { index } of network.sites) {
    visit(prefix)
    const next = index < network.sites.length - 1 ? network.advance(parameters, prefix) : undefined
    disposePrefix(prefix)
    if (next) prefix = next
  }
}

const dynamics: readonly object[] = [
  { decay: 0.5, threshold: 1, reset: 'zero', readout: 'spike-count' },
  { decay: 0.8, threshold: 0.7, reset: 'subtract', readout: 'membrane' },
  { decay: 0.9, threshold: 1.5, reset: 'zero', readout: 'membrane' },
  { decay: 0, threshold: 1, reset: 'subtract', readout: 'spike-count' },
]
const maps: readonly [ImageShape, object][] = [
  [[3, 2, 1], { name: 'snn', hidden: [5, 4] }],
  [[3, 2, 1], { name: 'snn', hidden: [4], steps: 1 }],
  [[6, 4, 2], { name: 'snn-conv', channels: [2, 3], hidden: 4 }],
  [[5, 7, 1], { name: 'snn-conv', channels: [2, 2], hidden: 3, pooling: 'max' }],
]
const all = maps.flatMap(([shape, map]) =>
  dynamics.map(options => [shape, { steps: 5, ...map, ...options }] as const),
)

for (const [shape, architecture] of all) {
  const title = JSON.stringify(architecture)
  test.serial(
    `${title}: logits are those of plain loops, and of every site with no noise`,
    leavesNoTensors(t => {
      for (const encoding of ['direct', 'poisson'] as const) {
        const network = build(shape, { ...architecture, encoding })
        const parameters = startOf(network)
        const x = uniformTensor([4, ...shape], 'x')
        const logits = network.logits(parameters, x)
        if (encoding === 'direct') {
          const expected = referenceLogits({ ...network, ...architecture }, parameters, x)
          t.true(distance(logits, expected) < 1e-5)
          expected.dispose()
        }
        const twice = tf.concat([logits, logits])
        walk(network, parameters, x, prefix => {
          const { site } = prefix
          t.deepEqual(prefix.preactivation.shape, [4, ...site.shape])
          const zero = tf.zeros([2, 4, ...site.shape])
          const { logits: resumed } = network.resume(parameters, prefix, zero)
          t.true(distance(resumed, twice) < 1e-5, site.name)
          tf.dispose([zero, resumed])
        })
        tf.dispose([x, logits, twice, parameters])
      }
    }),
  )

  test.serial(
    `${title}: the local gradients are those of autodiff`,
    leavesNoTensors(t => {
      for (const encoding of ['direct', 'poisson'] as const) {
        const network = build(shape, { ...architecture, encoding })
        const parameters = startOf(network)
        const x = uniformTensor([3, ...shape], 'x')
        walk(network, parameters, x, prefix => {
          const names = prefix.site.parameters
          const delta = normalTensor([3, ...prefix.site.shape], prefix.site.name)
          const local = network.localGradient(prefix, delta)
          const { grads, value } = tf.valueAndGrads((...values: tf.Tensor[]) => {
            const own = Object.fromEntries(names.map((name, at) => [name, values[at]!]))
            const mapped = network.affine({ ...parameters, ...own }, prefix)
            return tf.sum(tf.mul(mapped, delta)) as tf.Scalar
          })(names.map(name => parameters[name]!))
          names.forEach((name, at) => {
            t.true(distance(local[name]!, grads[at]!) < 1e-4, name)
          })
          tf.dispose([delta, local, grads, value])
        })
        tf.dispose([x, parameters])
      }
    }),
  )
}

test.serial(
  'spikes are 0 or 1, and initial weights make neurons fire now and then',
  leavesNoTensors(t => {
    // Mostly dark, as handwritten digits are.
    const x = tf.tidy(() => {
      const chance = uniformTensor([60, 16, 16, 1], 'chance')
      return tf.mul(uniformTensor([60, 16, 16, 1], 'x'), tf.less(chance, 0.25))
    })
    for (const [architecture, levels] of [
      [{ name: 'snn', readout: 'membrane' }, 1],
      [{ name: 'snn', readout: 'membrane', encoding: 'poisson' }, 1],
      [{ name: 'snn-conv', readout: 'membrane' }, 4],
      [{ name: 'snn-conv', readout: 'membrane', pooling: 'max' }, 1],
      [{ name: 'snn', readout: 'membrane', threshold: 5, reset: 'subtract' }, 1],
    ] as const) {
      const network = build([16, 16, 1], architecture)
      const parameters = initialise(network, 0) as Record<string, tf.Tensor>
      walk(network, parameters, x, ({ site, state }) => {
        if (site.index === 0) return
        const values = arrayOf(state[0]!)
        // An average over a window of four is a multiple of a quarter.
        const parts = site.parameters[0]!.startsWith('conv2') || site.name === 'dense1' ? levels : 1
        t.true(values.every(value => value >= 0 && value <= 1 && Number.isInteger(value * parts)))
        const rate = values.reduce((sum, value) => sum + value, 0) / values.length
        t.true(rate > 0.03 && rate < 0.5, `${JSON.stringify(architecture)} ${site.name}: ${rate}`)
      })
      tf.dispose(parameters)
    }
    x.dispose()
  }),
)

for (const options of dynamics) {
  test.serial(
    `${JSON.stringify(options)}: each surrogate's gradient is that of plain loops`,
    leavesNoTensors(t => {
      const architecture = { name: 'snn', hidden: [5, 4], steps: 4, ...options }
      const network = build([3, 2, 1], architecture)
      const parameters = startOf(network)
      const names = network.parameters.map(({ name }) => name)
      const x = uniformTensor([2, 3, 2, 1], 'x')
      const dy = normalTensor([2, 3], 'dy')
      const gradientsOf = (other: Network) =>
        tf.grads((...values: tf.Tensor[]) => {
          const given = Object.fromEntries(names.map((name, at) => [name, values[at]!]))
          return tf.sum(tf.mul(other.logits(given, x), dy))
        })(names.map(name => parameters[name]!))
      const seen = new Set<string>()
      for (const surrogate of surrogateNames) {
        const other = network.withSurrogate!(surrogate)
        t.deepEqual(other.sites, network.sites)
        t.deepEqual(other.parameters, network.parameters)
        const found = gradientsOf(other)
        const asked = { ...network, ...architecture, surrogate }
        const expected = referenceGradients(asked, parameters, x, dy)
        names.forEach((name, at) => {
          t.true(distance(found[at]!, expected[name]!) < 1e-4, `${surrogate} ${name}`)
          const largest = tf.tidy(() => tf.max(tf.abs(found[at]!)).dataSync()[0]!)
          const hidden = at < names.length - 2
          t.is(largest === 0, hidden && surrogate === 'heaviside', `${surrogate} ${name}`)
        })
        seen.add(found[0]!.dataSync().join())
        tf.dispose([...found, expected])
      }
      t.is(seen.size, surrogateNames.length)
      const [own, atan] = [network, network.withSurrogate!('atan')].map(gradientsOf)
      t.deepEqual(own!.map(arrayOf), atan!.map(arrayOf))
      tf.dispose([own, atan, x, dy, parameters] as tf.TensorContainer[])
    }),
  )
}

const arrayOf = (tensor: tf.Tensor) => Array.from(tensor.dataSync())

test.serial(
  'a pixel spikes as often as its value says, by the stream',
  leavesNoTensors(t => {
    const [images, steps] = [50, 40]
    const values = [0, 0.01, 0.3, 0.5, 0.97, 1]
    const x = tf.tidy(() => tf.tile(tf.tensor(values, [1, 3, 2, 1]), [images, 1, 1, 1]))
    const draw = (step: number) => poissonSpikes(steps, stream(0, step))(x)
    const [spikes, again, other] = [draw(1), draw(1), draw(2)]
    t.deepEqual(spikes.shape, [images, steps, 3, 2, 1])
    t.deepEqual(arrayOf(spikes), arrayOf(again))
    t.notDeepEqual(arrayOf(spikes), arrayOf(other))
    t.true(arrayOf(spikes).every(spike => spike === 0 || spike === 1))
    const rates = tf.tidy(() => arrayOf(tf.mean(spikes, [0, 1])))
    values.forEach((value, at) => {
      const error = Math.sqrt((value * (1 - value)) / (images * steps))
      t.true(Math.abs(rates[at]! - value) <= 4 * error, `${value}: ${rates[at]}`)
    })
    tf.dispose([x, spikes, again, other])
  }),
)

test.serial(
  'without a stream an image has the same spikes in every batch',
  leavesNoTensors(t => {
    const encode = poissonSpikes(6)
    const x = uniformTensor([5, 3, 2, 1], 'x')
    const last = tf.slice(x, [4, 0, 0, 0], [1, 3, 2, 1])
    const [whole, alone] = [encode(x), encode(last)]
    t.deepEqual(arrayOf(whole).slice(-36), arrayOf(alone))
    const rate = tf.tidy(() => tf.mean(whole).dataSync()[0]!)
    t.true(rate > 0.3 && rate < 0.7)
    tf.dispose([x, last, whole, alone])
  }),
)

test.serial(
  'the gradient passes straight through Poisson spikes',
  leavesNoTensors(t => {
    const x = uniformTensor([4, 3, 2, 1], 'x')
    const weights = normalTensor([4, 5, 3, 2, 1], 'weights')
    const encode = poissonSpikes(5, stream(0, 'spikes'))
    const gradient = tf.grad((images: tf.Tensor) => tf.sum(tf.mul(encode(images), weights)))(x)
    const expected = tf.sum(weights, 1)
    t.true(distance(gradient, expected) < 1e-5)
    tf.dispose([x, weights, gradient, expected])
  }),
)

test.serial(
  'an update draws the Poisson spikes of all its passes; a constant current draws none',
  leavesNoTensors(t => {
    t.is(build([3, 2, 1], { name: 'snn' }).drawn, undefined)
    const network = build([3, 2, 1], { name: 'snn', encoding: 'poisson', hidden: [6] })
    const parameters = startOf(network)
    const x = uniformTensor([4, 3, 2, 1], 'x')
    const asked: string[] = []
    const update = (step: number) =>
      network.drawn!(name => {
        asked.push(name)
        return stream(0, step, name)
      })
    const logits = [network, network, update(1), update(1), update(2)].map(passing => {
      const [first, second] = [passing.logits(parameters, x), passing.logits(parameters, x)]
      t.deepEqual(arrayOf(first), arrayOf(second))
      const values = arrayOf(first)
      tf.dispose([first, second])
      return values.join()
    })
    t.is(logits[0], logits[1])
    t.is(logits[2], logits[3])
    t.is(new Set(logits).size, 3)
    t.deepEqual(asked, ['poisson', 'poisson', 'poisson'])
    // The same spikes with another surrogate.
    const other = update(1).withSurrogate!('triangular').logits(parameters, x)
    t.is(arrayOf(other).join(), logits[2]!)
    // The image's gradient is there for attacks.
    const gradient = tf.grad((images: tf.Tensor) => tf.sum(network.logits(parameters, images)))(x)
    t.deepEqual(gradient.shape, x.shape)
    t.true(arrayOf(gradient).some(value => value !== 0))
    tf.dispose([other, gradient, x, parameters])
  }),
)

test('a spiking network needs a spiking layer and a surrogate with a slope', t => {
  t.false(architectureSchema.safeParse({ name: 'snn', hidden: [] }).success)
  t.false(architectureSchema.safeParse({ name: 'snn', surrogate: 'heaviside' }).success)
  t.deepEqual(architectureSchema.parse({ name: 'snn-conv' }), {
    ...{ name: 'snn-conv', channels: [8, 16], hidden: 64, pooling: 'average' },
    ...{ steps: 8, decay: 0.5, threshold: 1, reset: 'zero', encoding: 'direct' },
    ...{ readout: 'spike-count', surrogate: 'atan' },
  })
})
