import test from 'ava'
import { createGraphAttack, graphAttackSchema } from '../../../attacks/graph/create-graph-attack.ts'
import {
  degreeSums,
  degreeThreshold,
  powerLawStatistic,
} from '../../../attacks/graph/degree-test.ts'
import { degreesOf, type Graph } from '../../../attacks/graph/graph.ts'
import { changesBetween } from '../../../attacks/graph/graph-budget.ts'
import type { GraphVictim } from '../../../attacks/graph/graph-victim.ts'
import {
  lossAfterTraining,
  type MetaProblem,
  metaGradient,
} from '../../../attacks/graph/metattack/meta-gradient.ts'
import { predictedLabels } from '../../../attacks/graph/node-objective.ts'
import { tf } from '../../../src/engine/tf.ts'
import { graphGoal } from '../../../src/evaluation/attack-graph.ts'
import { generator } from '../../../src/random/generator.ts'
import { smallGraph } from '../../models/small-graph.ts'
import { leavesNoTensors, normalTensor, uniformTensor, useEngine } from '../../with-engine.ts'
import { smallCitations, trainedVictim } from './small-citations.ts'

useEngine()

type Matrix = readonly (readonly number[])[]

const times = (a: Matrix, b: Matrix): number[][] =>
  a.map(row => b[0]!.map((_, c) => row.reduce((sum, x, k) => sum + x * b[k]![c]!, 0)))
const transposed = (a: Matrix): number[][] => a[0]!.map((_, c) => a.map(row => row[c]!))
const softmax = (row: readonly number[]) => {
  const powers = row.map(Math.exp)
  const sum = powers.reduce((total, x) => total + x, 0)
  return powers.map(x => x / sum)
}

/** The loss after training in double precision, by loops over full matrices. */
function reference(problem: MetaProblem, adjacency: Matrix, features: Matrix, start: Matrix) {
  const { train, labels, inner, lambda } = problem
  const loops = adjacency.map((row, i) => row.map((x, j) => (i === j ? x + 1 : x)))
  const scale = loops.map(row => 1 / Math.sqrt(row.reduce((sum, x) => sum + x, 0)))
  const normal = loops.map((row, i) => row.map((x, j) => x * scale[i]! * scale[j]!))
  const twice = times(normal, times(normal, features))
  const inputs = Array.from(train, node => twice[node]!)
  let weights = start.map(row => [...row])
  let velocity = start.map(row => row.map(() => 0))
  for (let step = 0; step < inner.steps; step++) {
    const errors = times(inputs, weights).map((row, at) =>
      softmax(row).map((p, c) => (p - (labels[train[at]!] === c ? 1 : 0)) / train.length),
    )
    const slope = times(transposed(inputs), errors)
    velocity = velocity.map((row, i) => row.map((x, c) => inner.momentum * x + slope[i]![c]!))
    weights = weights.map((row, i) => row.map((x, c) => x - inner.learningRate * velocity[i]![c]!))
  }
  const entropies = times(twice, weights).map(
    (row, node) => -Math.log(softmax(row)[labels[node]!]!),
  )
  const mean = (list: readonly number[]) => list.reduce((sum, x) => sum + x, 0) / list.length
  const isTrain = new Set(train)
  const known = mean(entropies.filter((_, node) => isTrain.has(node)))
  return lambda * known + (1 - lambda) * mean(entropies.filter((_, node) => !isTrain.has(node)))
}

for (const lambda of [0, 0.3, 1]) {
  test.serial(
    `lambda ${lambda}: loss after training and its gradient are those of loops in double precision`,
    leavesNoTensors(t => {
      const { nodes } = smallGraph
      const { count, indices, indptr } = smallGraph.features
      const values = new Float32Array(indices.length).fill(1)
      const problem: MetaProblem = {
        features: { ...smallGraph.features, values },
        train: Int32Array.of(0, 3, 6, 8),
        labels: Int32Array.from({ length: nodes }, (_, node) => (node * 2) % 3),
        initial: normalTensor([count, 3], 'initial') as tf.Tensor2D,
        inner: { steps: 100, learningRate: 0.1, momentum: 0.9 },
        lambda,
      }
      const adjacency = tf.tidy(() => {
        const random = tf.mul(uniformTensor([nodes, nodes], 'adjacency'), 0.5)
        return tf.mul(tf.add(random, tf.transpose(random)), tf.sub(1, tf.eye(nodes)))
      }) as tf.Tensor2D
      const features = Array.from({ length: nodes }, (_, node) => {
        const row = new Array<number>(count).fill(0)
        for (let at = indptr[node]!; at < indptr[node + 1]!; at++) row[indices[at]!] = 1
        return row
      })
      const plain = adjacency.arraySync()
      const start = problem.initial.arraySync()
      const lossAt = (matrix: Matrix) => reference(problem, matrix, features, start)
      const loss = tf.tidy(() => lossAfterTraining(problem, adjacency).dataSync()[0]!)
      t.true(Math.abs(loss - lossAt(plain)) < 1e-4, `${loss} instead of ${lossAt(plain)}`)
      const gradient = metaGradient(problem, adjacency)
      for (let u = 0; u < nodes; u++) {
        for (let v = u + 1; v < nodes; v++) {
          const moved = (by: number) =>
            lossAt(
              plain.map((row, i) =>
                row.map((x, j) => ((i === u && j === v) || (i === v && j === u) ? x + by : x)),
              ),
            )
          const numeric = (moved(1e-5) - moved(-1e-5)) / 2e-5
          const exact = gradient[u * nodes + v]! + gradient[v * nodes + u]!
          t.true(
            Math.abs(exact - numeric) < 1e-3 * Math.max(1, Math.abs(numeric)),
            `${u}–${v}: ${exact} instead of ${numeric}`,
          )
        }
      }
      tf.dispose([adjacency, problem.initial])
    }),
  )
}

const dataset = smallCitations(80)
const goal = graphGoal(dataset)

const run = (victim: GraphVictim, options: object, rate: number, seed = 0) =>
  createGraphAttack(
    graphAttackSchema.parse({ name: 'metattack', steps: 30, ...options }),
    rate,
  ).run(victim, goal, generator(seed, 'test')).graph

/** The surrogate's loss on the other nodes after training on a graph. */
function lossOn(victim: GraphVictim, { edges }: Graph): number {
  const labels = predictedLabels(victim, goal)
  for (const node of dataset.train) labels[node] = dataset.labels[node]!
  return tf.tidy(() => {
    const random = generator(0, 'test')
    const { count } = dataset.features
    const deviation = Math.sqrt(2 / (count + 4))
    const start = Float32Array.from({ length: count * 4 }, () => deviation * random.normal())
    const rows = Array.from({ length: dataset.nodes }, () =>
      new Array<number>(dataset.nodes).fill(0),
    )
    for (let at = 0; at < edges.length; at += 2) {
      rows[edges[at]!]![edges[at + 1]!] = 1
      rows[edges[at + 1]!]![edges[at]!] = 1
    }
    const problem: MetaProblem = {
      features: dataset.features,
      train: dataset.train,
      labels,
      initial: tf.tensor2d(start, [count, 4]),
      inner: { steps: 30, learningRate: 0.1, momentum: 0.9 },
      lambda: 0,
    }
    return lossAfterTraining(problem, tf.tensor2d(rows)).dataSync()[0]!
  })
}

test.serial(
  'the loss after training rises with the rate, far more than by random flips',
  async t => {
    const victim = await trainedVictim(t, dataset)
    const graphs = [0, 0.03, 0.06].map(rate => run(victim, { degreeTest: false }, rate))
    t.deepEqual(graphs[0]!.edges, dataset.edges)
    const losses = graphs.map(graph => lossOn(victim, graph))
    t.true(losses[0]! < losses[1]! && losses[1]! < losses[2]!, `${losses}`)
    const budget = Math.floor((0.06 * dataset.edges.length) / 2)
    t.is(changesBetween(dataset, graphs[2]!).edges, budget)
    for (let seed = 0; seed < 5; seed++) {
      const atRandom = createGraphAttack(
        graphAttackSchema.parse({ name: 'random-structure', change: 'flip' }),
        0.06,
      ).run(victim, goal, generator(seed, 'test')).graph
      t.true(losses[2]! - losses[0]! > 3 * (lossOn(victim, atRandom) - losses[0]!))
    }
  },
)

test.serial('changes are not noticed: one power law, and no node loses its last edge', async t => {
  const victim = await trainedVictim(t, dataset)
  const attacked = run(victim, {}, 0.1)
  const [before, after] = [degreesOf(dataset), degreesOf(attacked)]
  t.true(powerLawStatistic(degreeSums(before), degreeSums(after)) < degreeThreshold)
  t.false(after.some((degree, node) => degree === 0 && before[node]! > 0))
  t.true(changesBetween(dataset, attacked).edges > 0)
})

test.serial('one seed gives one result, and no tensors stay', async t => {
  const victim = await trainedVictim(t, dataset)
  const tensors = tf.memory().numTensors
  t.deepEqual(run(victim, {}, 0.02, 3), run(victim, {}, 0.02, 3))
  t.is(tf.memory().numTensors, tensors)
})
