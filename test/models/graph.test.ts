import test from 'ava'
import { architectureSchema, buildNetwork } from '../../models/architecture.ts'
import { dropout } from '../../models/graph/dropout.ts'
import { initialise } from '../../models/initialise.ts'
import { imageInput } from '../../models/input.ts'
import type { Network, Prefix } from '../../models/network.ts'
import { tf } from '../../src/engine/tf.ts'
import { UsageError } from '../../src/errors.ts'
import { stream } from '../../src/random/stream.ts'
import { cleanPass } from '../../src/training/estimators/noisy-pass.ts'
import { objective } from '../../src/training/estimators/objective.ts'
import { disposePrefix } from '../../src/training/estimators/site-by-site.ts'
import { crossEntropy } from '../../src/training/loss.ts'
import { distance, leavesNoTensors, normalTensor, useEngine } from '../with-engine.ts'
import { gatReference, gcnReference, type Numbers } from './graph-reference.ts'
import {
  alone,
  smallBatch,
  smallGraph,
  smallNetwork,
  smallParameters,
  smallValues,
} from './small-graph.ts'

useEngine()

const { nodes } = smallGraph
const gatSize = { hidden: 2, heads: 3, outputHeads: 2 }
const cases = [
  {
    name: 'gcn of two layers',
    architecture: { name: 'gcn', hidden: [4], activation: 'tanh' },
    reference: gcnReference(smallGraph, 2, 'tanh'),
  },
  {
    name: 'gcn of three layers',
    architecture: { name: 'gcn', hidden: [2, 6] },
    reference: gcnReference(smallGraph, 3, 'relu'),
  },
  {
    name: 'gat',
    architecture: { name: 'gat', ...gatSize },
    reference: gatReference(smallGraph, gatSize, 'elu'),
  },
] as const

const numbersOf = (parameters: Record<string, tf.Tensor>, values: tf.Tensor): Numbers =>
  Object.fromEntries(
    Object.entries({ ...parameters, values }).map(([name, x]) => [name, [...x.dataSync()]]),
  )

/** A random stream by name, as of one update. */
const random = (update: number) => (name: string) => stream(update, 'network', name)

test('layer sizes are the published ones, and sites say what they are', t => {
  const cora = { ...smallGraph, features: { ...smallGraph.features, count: 1433 }, classes: 7 }
  const built = (name: string) => buildNetwork(architectureSchema.parse({ name }), cora)
  const shapes = (network: Network) => network.parameters.map(({ shape }) => shape.join('x'))
  t.deepEqual(shapes(built('gcn')), ['1433x16', '16', '16x7', '7'])
  t.deepEqual(shapes(built('gat')), ['1433x64', '64', '2x64', '64x7', '7', '2x7'])
  const sites = built('gat').sites.map(({ name, kind, shape }) => `${name} ${kind} ${shape}`)
  t.deepEqual(sites, [
    ...['transform1 dense 64', 'attention1 attention 2,8'],
    ...['transform2 dense 7', 'attention2 attention 2,1'],
  ])
  t.true(built('gcn').sites.every(({ kind }) => kind === 'graph-convolution'))
})

test('images are refused', t => {
  for (const name of ['gcn', 'gat']) {
    t.throws(() => buildNetwork(architectureSchema.parse({ name }), imageInput([4, 4, 1], 3)), {
      instanceOf: UsageError,
      message: `invalid architecture: ${name} takes a graph, the data set holds images`,
    })
  }
})

for (const { name, architecture, reference } of cases) {
  const network = smallNetwork(architecture)

  test.serial(
    `${name}: the logits are those of loops over full matrices`,
    leavesNoTensors(t => {
      const parameters = smallParameters(network)
      const values = smallValues()
      const logits = network.logits(parameters, values)
      const expected = tf.tensor2d(reference(numbersOf(parameters, values)) as number[][])
      t.deepEqual(logits.shape, [nodes, 3])
      t.true(distance(logits, expected) < 1e-5)
      tf.dispose([parameters, values, logits, expected])
    }),
  )

  test.serial(
    `${name}: gradients of parameters and features are finite differences of the loops`,
    leavesNoTensors(t => {
      const parameters = smallParameters(network)
      const { x, labels, weights } = smallBatch()
      const names = Object.keys(parameters)
      const { value, grads } = tf.valueAndGrads((values, ...rest) =>
        objective(
          crossEntropy,
          network.logits(Object.fromEntries(names.map((p, at) => [p, rest[at]!])), values!),
          { labels, weights: weights! },
        ),
      )([x, ...Object.values(parameters)])
      const numbers = numbersOf(parameters, x)
      const [truth, shares] = [labels.arraySync(), weights!.arraySync()]
      const loss = (given: Numbers) =>
        reference(given).reduce((sum, row, node) => {
          const total = Math.log(row.reduce((all, z) => all + Math.exp(z), 0))
          return sum + shares[node]! * (total - row[truth[node]!.indexOf(1)]!)
        }, 0)
      t.true(Math.abs(loss(numbers) - value.dataSync()[0]!) < 1e-5)
      for (const [at, key] of ['values', ...names].entries()) {
        grads[at]!.dataSync().forEach((gradient, entry) => {
          const moved = (by: number) =>
            loss({ ...numbers, [key]: numbers[key]!.map((n, i) => n + (i === entry ? by : 0)) })
          const slope = (moved(1e-5) - moved(-1e-5)) / 2e-5
          t.true(Math.abs(slope - gradient) < 1e-5, `${key} ${entry}: ${gradient} for ${slope}`)
        })
      }
      tf.dispose([parameters, x, labels, weights!, value, grads])
    }),
  )

  test.serial(
    `${name}: resuming at any site gives the logits, copy by copy, also with dropout drawn`,
    leavesNoTensors(t => {
      const parameters = smallParameters(network)
      const values = smallValues()
      for (const passing of [network, network.drawn!(random(1))]) {
        const logits = passing.logits(parameters, values)
        const thrice = tf.concat([logits, logits, logits])
        for (const prefix of cleanPass(passing, parameters, values)) {
          t.deepEqual(prefix.preactivation.shape, [nodes, ...prefix.site.shape])
          const zero = tf.zeros([3, nodes, ...prefix.site.shape])
          const resumed = passing.resume(parameters, prefix, zero)
          t.true(distance(resumed.logits, thrice) < 1e-5, prefix.site.name)
          const again = passing.redo(parameters, prefix)
          t.true(distance(again, logits) < 1e-5, prefix.site.name)
          tf.dispose([zero, resumed.logits, again])
          disposePrefix(prefix)
        }
        tf.dispose([logits, thrice])
      }
      tf.dispose([parameters, values])
    }),
  )

  test.serial(
    `${name}: local gradients are those of autodiff, also of copies`,
    leavesNoTensors(t => {
      const parameters = smallParameters(network)
      const values = smallValues()
      for (const prefix of cleanPass(network, parameters, values)) {
        const { site } = prefix
        // The features are the same for all copies, whose δ are summed before.
        const copies = site.index === 0 ? 1 : 2
        const state = prefix.state.map(x => (copies === 1 ? tf.clone(x) : tf.tile(x, [copies, 1])))
        const given: Prefix = { ...prefix, state }
        const delta = normalTensor([copies * nodes, ...site.shape], site.name)
        const local = network.localGradient(given, delta)
        const { grads, value } = tf.valueAndGrads((...own: tf.Tensor[]) => {
          const named = Object.fromEntries(site.parameters.map((p, at) => [p, own[at]!]))
          return tf.sum(tf.mul(network.affine({ ...parameters, ...named }, given), delta))
        })(site.parameters.map(p => parameters[p]!))
        site.parameters.forEach((p, at) => {
          t.true(distance(local[p]!, grads[at]!) < 1e-4, p)
        })
        tf.dispose([state, delta, local, grads, value])
        disposePrefix(prefix)
      }
      tf.dispose([parameters, values])
    }),
  )

  test.serial(
    `${name}: the losses credited to a component are those of the nodes that it changes`,
    leavesNoTensors(t => {
      const parameters = smallParameters(network)
      const values = smallValues()
      for (const prefix of cleanPass(network, parameters, values)) {
        const { site } = prefix
        const parts = site.kind === 'attention' ? 2 : 1
        // Copy o has a loss of one at node o alone.
        const each = tf.eye(nodes)
        const credit = network.credit(prefix, each)
        const credited = [...credit.dataSync()]
        t.deepEqual(credit.shape, [nodes, nodes, ...(parts > 1 ? [parts] : [])])
        for (let part = 0; part < parts; part++) {
          const changed = changedNodes(network, parameters, prefix, part, parts)
          for (let unit = 0; unit < nodes; unit++) {
            // All the attention of a node alone is on itself, whatever the scores.
            if (parts > 1 && unit === alone) continue
            for (let node = 0; node < nodes; node++) {
              const expected = changed[unit]![node] ? 1 : 0
              const place = (node * nodes + unit) * parts + part
              t.is(credited[place], expected, `${site.name} ${part}: ${unit} on ${node}`)
            }
          }
        }
        tf.dispose([each, credit])
        disposePrefix(prefix)
      }
      tf.dispose([parameters, values])
    }),
  )
}

/**
 * Which nodes' logits change with one unit's pre-activation at a site, `[unit][node]`.
 *
 * @param part of so many in the first axis of the site's shape
 */
function changedNodes(
  network: Network,
  parameters: Record<string, tf.Tensor>,
  prefix: Prefix,
  part: number,
  parts: number,
): boolean[][] {
  return tf.tidy(() => {
    const size = tf.util.sizeFromShape([...prefix.site.shape])
    const changes = [5, -5].map(shift => {
      const noise = new Float32Array(nodes * nodes * size)
      for (let unit = 0; unit < nodes; unit++) {
        const first = (unit * nodes + unit) * size + (part * size) / parts
        noise.fill(shift, first, first + size / parts)
      }
      const perturbation = tf.tensor(noise, [nodes, nodes, ...prefix.site.shape])
      const clean = network.resume(parameters, prefix, tf.zerosLike(perturbation)).logits
      const { logits } = network.resume(parameters, prefix, perturbation)
      return tf.sum(tf.reshape(tf.abs(tf.sub(logits, clean)), [nodes, nodes, -1]), 2)
    })
    const largest = tf.maximum(changes[0]!, changes[1]!).arraySync() as number[][]
    return largest.map(row => row.map(change => change > 1e-6))
  })
}

test.serial(
  'dropout drops its share, in every copy the same, and scales up the rest',
  leavesNoTensors(t => {
    const drop = dropout(0.6, random(3))
    const x = tf.ones([2, 5000])
    const [once, again, other] = [drop('a', x, 5000), drop('a', x, 5000), drop('b', x, 5000)]
    const [first, second] = once.arraySync() as [number[], number[]]
    t.deepEqual(first, second)
    t.is(distance(once, again), 0)
    t.true(distance(once, other) > 1)
    const kept = first.filter(value => value !== 0)
    t.true(kept.every(value => Math.abs(value - 2.5) < 1e-6))
    t.true(Math.abs(kept.length / 5000 - 0.4) < 4 * Math.sqrt((0.4 * 0.6) / 5000))
    tf.dispose([x, once, again, other])
  }),
)

test.serial(
  'dropout of features and hidden values is the same for an update and off without one',
  leavesNoTensors(t => {
    for (const architecture of [
      { name: 'gcn', hidden: [40], activation: 'sigmoid' },
      { name: 'gat', hidden: 20, heads: 2, activation: 'sigmoid' },
    ]) {
      const network = smallNetwork(architecture)
      const parameters = smallParameters(network)
      const values = smallValues()
      const zeros = (passing: Network) => {
        const prefixes = cleanPass(passing, parameters, values)
        const input = prefixes[0]!.state[0]!
        const hidden = prefixes.at(architecture.name === 'gcn' ? 1 : 2)!.state[0]!
        const places = [input, hidden].map(x => x.dataSync().map(value => Number(value === 0)))
        for (const prefix of prefixes) disposePrefix(prefix)
        return places.map(place => Array.from(place))
      }
      const share = (list: readonly number[]) => list.reduce((sum, z) => sum + z, 0) / list.length
      const drawn = network.drawn!(random(1))
      const [input, hidden] = zeros(drawn) as [number[], number[]]
      t.deepEqual([input, hidden], zeros(drawn))
      t.deepEqual([input, hidden], zeros(network.drawn!(random(1))))
      t.notDeepEqual([input, hidden], zeros(network.drawn!(random(2))))
      t.true(share(input) > 0.2 && share(input) < 0.8)
      t.true(Math.abs(share(hidden) - 0.55) < 0.15)
      t.deepEqual(zeros(network).map(share), [0, 0])
      t.is(smallNetwork({ ...architecture, dropout: 0 }).drawn, undefined)
      tf.dispose([parameters, values])
    }
  }),
)

test.serial(
  'initial weights have variance 2 / (inputs + outputs)',
  leavesNoTensors(t => {
    const wide = { ...smallGraph, features: { ...smallGraph.features, count: 500 } }
    const network = buildNetwork(architectureSchema.parse({ name: 'gcn', hidden: [64] }), wide)
    const parameters = initialise(network, 1) as Record<string, tf.Tensor>
    const variance = tf.tidy(
      () => tf.moments(parameters['convolution1/weight']!).variance.dataSync()[0]!,
    )
    const expected = 2 / (500 + 64)
    t.true(Math.abs(variance - expected) < 4 * expected * Math.sqrt(2 / (500 * 64)))
    tf.dispose(parameters)
  }),
)
