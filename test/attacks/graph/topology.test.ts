import test from 'ava'
import { createGraphAttack, graphAttackSchema } from '../../../attacks/graph/create-graph-attack.ts'
import { type Graph, withFlippedPairs } from '../../../attacks/graph/graph.ts'
import { changesBetween } from '../../../attacks/graph/graph-budget.ts'
import type { GraphVictim } from '../../../attacks/graph/graph-victim.ts'
import type { NodeLossName } from '../../../attacks/graph/node-loss.ts'
import { objectiveAt, objectiveOf } from '../../../attacks/graph/node-objective.ts'
import { bestSample } from '../../../attacks/graph/topology-climb.ts'
import { projectOntoBudget } from '../../../attacks/graph/topology-projection.ts'
import { tf } from '../../../src/engine/tf.ts'
import { graphGoal } from '../../../src/evaluation/attack-graph.ts'
import { generator } from '../../../src/random/generator.ts'
import { stream } from '../../../src/random/stream.ts'
import { leavesNoTensors, useEngine } from '../../with-engine.ts'
import { smallCitations, smallGat, trainedVictim } from './small-citations.ts'

useEngine()

const dataset = smallCitations(100)
const goal = graphGoal(dataset)
const edges = dataset.edges.length / 2

const run = (victim: GraphVictim, options: object, rate: number, seed = 0) =>
  createGraphAttack(graphAttackSchema.parse(options), rate).run(
    victim,
    goal,
    generator(seed, 'test'),
  ).graph
const lossOf = (victim: GraphVictim, graph: Graph, loss: NodeLossName = 'cross-entropy') => {
  const objective = objectiveOf({ loss, labels: 'predicted' }, victim, goal)
  return objectiveAt(victim, objective, graph)
}
const accuracy = (victim: GraphVictim, graph: Graph) => {
  const predicted = tf.tidy(() => tf.argMax(victim.logits(graph), 1).dataSync())
  return dataset.test.filter(node => predicted[node] === dataset.labels[node]).length
}

test('the projection shifts all values alike until they fit', t => {
  const s = Float32Array.of(0.9, 0.5, 0.1, -3, 5, Number.NaN)
  projectOntoBudget(s, 2)
  // 1 + (0.9 − μ) + (0.5 − μ) = 2 at μ = 0.2, where 0.1 is gone.
  const expected = [0.7, 0.3, 0, 0, 1, 0]
  for (const [at, value] of expected.entries()) t.true(Math.abs(s[at]! - value) < 2e-5, `${s}`)
  const inside = Float32Array.of(0.25, 2, -1)
  projectOntoBudget(inside, 2)
  t.deepEqual([...inside], [0.25, 1, 0])
})

test('the projection is the nearest point: the optimality conditions hold', t => {
  const before = stream(1, 'test', 'projection').normals(new Float32Array(300))
  const after = before.slice()
  projectOntoBudget(after, 20)
  t.true(Math.abs(after.reduce((sum, value) => sum + value, 0) - 20) < 1e-4)
  const shifts = [...before.keys()]
    .filter(at => after[at]! > 0 && after[at]! < 1)
    .map(at => before[at]! - after[at]!)
  t.true(shifts.length > 5)
  const shift = shifts[0]!
  t.true(shift > 0 && shifts.every(other => Math.abs(other - shift) < 1e-5))
  for (const [at, value] of after.entries()) {
    if (value === 0) t.true(before[at]! <= shift + 1e-5)
    if (value === 1) t.true(before[at]! >= shift + 1 - 1e-5)
  }
})

test.serial('the first step flips the pairs whose relaxed flip raises the loss most', async t => {
  const victim = await trainedVictim(t, dataset)
  const rate = 1.5 / edges
  const attacked = run(victim, { name: 'pgd-topology', steps: 1, samples: 0 }, rate)
  t.is(changesBetween(dataset, attacked).edges, 1)
  const gain = lossOf(victim, attacked) - lossOf(victim, dataset)
  // Finite differences of a few other flips, as whole steps.
  const others = Array.from({ length: 40 }, (_, at) => withFlippedPairs(dataset, [[at, at + 50]]))
  const gains = others.map(graph => lossOf(victim, graph) - lossOf(victim, dataset))
  t.true(gain > 0.5 * Math.max(...gains) && gain > 3 * (gains.reduce((a, b) => a + b) / 40))
})

for (const [loss, factor] of [
  ['cross-entropy', 3],
  ['margin', 1.4],
] as const) {
  test.serial(
    `PGD on the topology raises the ${loss} ${factor} times as much as chance`,
    async t => {
      const victim = await trainedVictim(t, dataset)
      const attacked = run(victim, { name: 'pgd-topology', steps: 30, loss }, 0.1)
      const atRandom = [0, 1, 2, 3, 4].map(seed =>
        run(victim, { name: 'random-structure', change: 'flip' }, 0.1, seed),
      )
      const gain = (graph: Graph) => lossOf(victim, graph, loss) - lossOf(victim, dataset, loss)
      t.true(gain(attacked) > factor * Math.max(...atRandom.map(gain)), `${gain(attacked)}`)
      t.true(accuracy(victim, attacked) < accuracy(victim, dataset))
      t.true(changesBetween(dataset, attacked).edges <= Math.floor(0.1 * edges))
      t.is(changesBetween(dataset, attacked).entries, 0)
    },
  )
}

test.serial('PGD on the topology works on attention networks', async t => {
  const victim = await trainedVictim(t, dataset, smallGat)
  const attacked = run(victim, { name: 'pgd-topology', steps: 30 }, 0.1)
  const counts = [dataset, attacked].map(graph => accuracy(victim, graph))
  t.true(counts[1]! < 0.9 * counts[0]!, `${counts}`)
})

test.serial('a larger rate is never worse, rate 0 leaves the graph', async t => {
  const victim = await trainedVictim(t, dataset)
  const graphs = [0, 0.05, 0.2].map(rate => run(victim, { name: 'pgd-topology', steps: 30 }, rate))
  t.deepEqual(graphs[0]!.edges, dataset.edges)
  const losses = graphs.map(graph => lossOf(victim, graph))
  t.true(losses[0]! < losses[1]! && losses[1]! < losses[2]!, `${losses}`)
})

test.serial(
  'where no drawn graph is within the budget the strongest pairs are flipped',
  async t => {
    const victim = await trainedVictim(t, dataset)
    const objective = objectiveOf({ loss: 'cross-entropy', labels: 'predicted' }, victim, goal)
    const classifier = victim.relaxed!
    const strengths = new Float32Array(dataset.nodes ** 2)
    // Every draw flips all ten, which is beyond the budget.
    const { targets } = goal
    for (let at = 0; at < 10; at++) {
      const [u, v] = [targets[2 * at]!, targets[2 * at + 1]!]
      strengths[u * dataset.nodes + v] = 1
    }
    const topology = { classifier, graph: dataset, objective, budget: 9 }
    const random = generator(0, 'test')
    const best = bestSample(topology, strengths, 20, classifier.parameters, random)
    t.is(best.queries, 2)
    t.true([0, 9].includes(changesBetween(dataset, best.graph).edges))
  },
)

test.serial('MinMax trains the surrogate on and leaves the victim as it was', async t => {
  const victim = await trainedVictim(t, dataset)
  const before = tf.tidy(() => [...victim.logits(dataset).dataSync()])
  const options = { name: 'min-max', steps: 30 }
  const attacked = run(victim, options, 0.1)
  t.deepEqual(
    tf.tidy(() => [...victim.logits(dataset).dataSync()]),
    before,
  )
  t.notDeepEqual(attacked, run(victim, { name: 'pgd-topology', steps: 30 }, 0.1))
  const counts = [dataset, attacked].map(graph => accuracy(victim, graph))
  t.true(counts[1]! < 0.9 * counts[0]!, `${counts}`)
})

for (const name of ['pgd-topology', 'min-max']) {
  test.serial(`${name}: one seed gives one result, and no tensors stay`, async t => {
    const victim = await trainedVictim(t, dataset)
    const tensors = tf.memory().numTensors
    const options = { name, steps: 5 }
    t.deepEqual(run(victim, options, 0.1, 4), run(victim, options, 0.1, 4))
    t.is(tf.memory().numTensors, tensors)
  })
}

test.serial(
  'zero and missing gradients leave the graph as it is',
  leavesNoTensors(t => {
    for (const constant of [0, Number.NaN]) {
      const logits = (structure: unknown) =>
        tf.tidy(() => {
          const zeros = tf.zeros([dataset.nodes, 4])
          if (!(structure instanceof tf.Tensor)) return zeros
          return tf.add(zeros, tf.mul(tf.sum(structure as tf.Tensor2D, 1, true), constant))
        }) as tf.Tensor2D
      const victim: GraphVictim = {
        classes: 4,
        capabilities: ['relaxed'],
        logits: ({ edges: structure }) => logits(structure),
        relaxed: { parameters: {}, logits: (_parameters, { structure }) => logits(structure) },
      }
      for (const loss of ['cross-entropy', 'margin']) {
        const attacked = run(victim, { name: 'pgd-topology', steps: 3, loss }, 0.1)
        t.deepEqual(attacked.edges, dataset.edges)
      }
    }
  }),
)
