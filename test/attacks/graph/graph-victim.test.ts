import test from 'ava'
import { denseAdjacency, denseFeatures } from '../../../attacks/graph/graph.ts'
import { nodeLoss } from '../../../attacks/graph/node-loss.ts'
import { objectiveGradient } from '../../../attacks/graph/node-objective.ts'
import { architectureSchema } from '../../../models/architecture.ts'
import { tf } from '../../../src/engine/tf.ts'
import { graphVictim } from '../../../src/evaluation/graph-victim.ts'
import { smallGraph, smallNetwork, smallParameters } from '../../models/small-graph.ts'
import { distance, leavesNoTensors, uniformTensor, useEngine } from '../../with-engine.ts'

useEngine()

/** The small graph with binary features. */
const graph = {
  ...smallGraph,
  features: {
    ...smallGraph.features,
    values: new Float32Array(smallGraph.features.indices.length).fill(1),
  },
}
const { nodes } = graph
const { count } = graph.features
const labels = Int32Array.from({ length: nodes }, (_, node) => node % 3)
const all = Int32Array.from(labels.keys())

const architectures = [
  { name: 'gcn', hidden: [4], activation: 'tanh' },
  { name: 'gcn', hidden: [4, 3], activation: 'tanh' },
  { name: 'gat', hidden: 3, heads: 2, outputHeads: 2 },
] as const

const victimOf = (options: object) => {
  const parameters = smallParameters(smallNetwork(options))
  const architecture = architectureSchema.parse(options)
  return { parameters, victim: graphVictim(architecture, 3, parameters) }
}

for (const options of architectures) {
  const title = JSON.stringify(options)

  test.serial(
    `${title}: with weights 0 and 1 and features in full the logits are those of the graph`,
    leavesNoTensors(t => {
      const { parameters, victim } = victimOf(options)
      const adjacency = tf.tensor2d(denseAdjacency(graph), [nodes, nodes])
      const features = tf.tensor2d(denseFeatures(graph), [nodes, count])
      const plain = victim.logits(graph)
      const relaxed = tf.tidy(() =>
        victim.relaxed!.logits(parameters, { nodes, structure: adjacency, features }),
      )
      t.true(distance(plain, relaxed) < 1e-5)
      tf.dispose([adjacency, features, plain, relaxed, parameters])
    }),
  )

  test.serial(
    `${title}: gradients by adjacency and features are finite differences`,
    leavesNoTensors(t => {
      const { parameters, victim } = victimOf(options)
      const loss = nodeLoss('cross-entropy', all, labels)
      const random = uniformTensor([nodes, nodes], 'adjacency')
      const adjacency = tf.tidy(() => tf.add(tf.mul(random, 0.5), 0.25)) as tf.Tensor2D
      const features = uniformTensor([nodes, count], 'features') as tf.Tensor2D
      for (const [name, tensor, at] of [
        ['adjacency', adjacency, (x: tf.Tensor2D) => ({ nodes, structure: x, features })],
        ['features', features, (x: tf.Tensor2D) => ({ nodes, structure: adjacency, features: x })],
        [
          'features',
          features,
          (x: tf.Tensor2D) => ({ nodes, structure: graph.edges, features: x }),
        ],
      ] as const) {
        const { gradient } = objectiveGradient(victim, loss, tensor, at)
        const exact = gradient.dataSync()
        const valueAt = (values: Float32Array) =>
          tf.tidy(() => {
            const x = tf.tensor2d(values, tensor.shape)
            return loss(victim.relaxed!.logits(parameters, at(x))).dataSync()[0]!
          })
        const step = 1e-2
        const values = tensor.dataSync() as Float32Array
        for (let place = 0; place < values.length; place += 4) {
          const moved = (by: number) =>
            valueAt(values.map((value, i) => (i === place ? value + by : value)))
          const numeric = (moved(step) - moved(-step)) / (2 * step)
          t.true(
            Math.abs(numeric - exact[place]!) < 2e-4,
            `${name} ${place}: ${exact[place]} instead of ${numeric}`,
          )
        }
        gradient.dispose()
      }
      tf.dispose([random, adjacency, features, parameters])
    }),
  )
}

test.serial(
  'node losses have their closed forms, and a node already lost adds nothing to the margin',
  leavesNoTensors(t => {
    const rows = [
      [2, 1, -1],
      [0, 3, 1],
      [5, 5, 5],
    ]
    const logits = tf.tensor2d(rows)
    const lossAt = (name: 'cross-entropy' | 'margin') =>
      tf.tidy(
        () => nodeLoss(name, Int32Array.of(0, 1), Int32Array.of(0, 0, 2))(logits).dataSync()[0]!,
      )
    const entropies = [0, 1].map(
      node => Math.log(rows[node]!.reduce((sum, z) => sum + Math.exp(z), 0)) - rows[node]![0]!,
    )
    t.true(Math.abs(lossAt('cross-entropy') - (entropies[0]! + entropies[1]!) / 2) < 1e-6)
    t.is(lossAt('margin'), -1)
    logits.dispose()
  }),
)
