import test from 'ava'
import { createGraphAttack, graphAttackSchema } from '../../../attacks/graph/create-graph-attack.ts'
import {
  degreeSums,
  degreeThreshold,
  powerLawStatistic,
} from '../../../attacks/graph/degree-test.ts'
import {
  degreesOf,
  denseFeatures,
  edgeKeys,
  type Graph,
  neighboursOf,
  sparseFeatures,
  withFlippedPairs,
} from '../../../attacks/graph/graph.ts'
import { changesBetween } from '../../../attacks/graph/graph-budget.ts'
import type { GraphVictim } from '../../../attacks/graph/graph-victim.ts'
import { trainLinearSurrogate } from '../../../attacks/graph/linear-surrogate.ts'
import { coOccurrence } from '../../../attacks/graph/nettack/co-occurrence.ts'
import { selectTargets } from '../../../attacks/graph/select-targets.ts'
import { tf } from '../../../src/engine/tf.ts'
import { graphGoal } from '../../../src/evaluation/attack-graph.ts'
import { generator } from '../../../src/random/generator.ts'
import { leavesNoTensors, useEngine } from '../../with-engine.ts'
import { smallCitations } from './small-citations.ts'

useEngine()

const dataset = smallCitations(60)
const { nodes } = dataset
const classes = 4

/** Nettack asks the victim for nothing when the true labels are to be left. */
const blind: GraphVictim = { classes, capabilities: [], logits: () => tf.zeros([nodes, classes]) }

const run = (options: object, target: number, multiple = 1) =>
  createGraphAttack(
    graphAttackSchema.parse({ name: 'nettack', labels: 'true', ...options }),
    multiple,
  ).run(blind, { ...graphGoal(dataset), targets: Int32Array.of(target) }, generator(0, 'test'))
    .graph

const surrogate = () =>
  tf.tidy(
    () =>
      trainLinearSurrogate(graphGoal(dataset), classes, {
        steps: 200,
        learningRate: 0.01,
        weightDecay: 5e-4,
      }).arraySync() as number[][],
  )

/** `Â² X W` by loops over full matrices. */
function logitsOf(graph: Graph, weights: readonly (readonly number[])[]): number[][] {
  const neighbours = neighboursOf(graph).map((set, node) => new Set([...set, node]))
  const x = denseFeatures(graph)
  const { count } = graph.features
  let rows = Array.from({ length: nodes }, (_, node) =>
    Array.from({ length: classes }, (__, c) =>
      weights.reduce((sum, row, j) => sum + x[node * count + j]! * row[c]!, 0),
    ),
  )
  for (let hop = 0; hop < 2; hop++) {
    const before = rows
    rows = before.map((row, i) =>
      row.map((_, c) =>
        [...neighbours[i]!].reduce(
          (sum, j) => sum + before[j]![c]! / Math.sqrt(neighbours[i]!.size * neighbours[j]!.size),
          0,
        ),
      ),
    )
  }
  return rows
}

const marginIn = (graph: Graph, target: number, weights: readonly (readonly number[])[]) => {
  const row = logitsOf(graph, weights)[target]!
  const label = dataset.labels[target]!
  return row[label]! - Math.max(...row.filter((_, c) => c !== label))
}

const flippedFeature = (target: number, feature: number): Graph => {
  const dense = denseFeatures(dataset)
  const at = target * dataset.features.count + feature
  dense[at] = 1 - dense[at]!
  return { ...dataset, features: sparseFeatures(dense, dataset.features.count) }
}

const unnoticed = (graph: Graph) => {
  const [before, after] = [degreesOf(dataset), degreesOf(graph)]
  const statistic = powerLawStatistic(degreeSums(before), degreeSums(after))
  return statistic < degreeThreshold && !after.some((degree, node) => degree === 0 && before[node])
}

for (const target of [3, 17, 42]) {
  test.serial(
    `node ${target}: the first flip is the best of all that are allowed`,
    leavesNoTensors(t => {
      const weights = surrogate()
      const edgeFlips = [...Array(nodes).keys()]
        .filter(other => other !== target)
        .map(other => withFlippedPairs(dataset, [[target, other]]))
        .filter(unnoticed)
      const occurrence = coOccurrence(dataset)
      const own = denseFeatures(dataset).subarray(target * 160, (target + 1) * 160)
      const featureFlips = [...own.keys()]
        .filter(j => own[j] === 1 || occurrence.allows(target, j))
        .map(j => flippedFeature(target, j))
      const lowest = (graphs: readonly Graph[]) =>
        Math.min(...graphs.map(graph => marginIn(graph, target, weights)))
      for (const [options, candidates] of [
        [{ features: false }, edgeFlips],
        [{ structure: false }, featureFlips],
        [{}, [...edgeFlips, ...featureFlips]],
      ] as const) {
        const attacked = run({ ...options, extra: 1 }, target, 0)
        const { edges, entries } = changesBetween(dataset, attacked)
        t.is(edges + entries, 1)
        const margin = marginIn(attacked, target, weights)
        t.true(Math.abs(margin - lowest(candidates)) < 1e-4, `${margin}`)
        t.true(margin < marginIn(dataset, target, weights))
      }
    }),
  )
}

test.serial('flips are the degree and extra ones, all at the target, unnoticed', t => {
  const weights = surrogate()
  const target = 17
  const degree = degreesOf(dataset)[target]!
  const attacked = run({ extra: 2 }, target)
  const { edges, entries } = changesBetween(dataset, attacked)
  t.is(edges + entries, degree + 2)
  t.true(unnoticed(attacked))
  const before = edgeKeys(dataset)
  const after = edgeKeys(attacked)
  for (const key of [...before, ...after]) {
    if (before.has(key) !== after.has(key)) {
      t.true([Math.floor(key / nodes), key % nodes].includes(target))
    }
  }
  const margins = [0, 1, 2].map(multiple => marginIn(run({}, target, multiple), target, weights))
  t.true(margins[0]! > margins[1]! && margins[1]! > margins[2]!, `${margins}`)
  t.deepEqual(run({}, target, 0), { ...dataset })
})

test.serial('only one target is taken', t => {
  const attack = createGraphAttack(graphAttackSchema.parse({ name: 'nettack' }), 1)
  t.throws(() => attack.run(blind, graphGoal(dataset), generator(0, 'test')), {
    message: /takes one/,
  })
})

test('a feature may be added where it occurs with more than half of what the node has', t => {
  // 0, 1 and 2 occur together, 2 with 3; 4 alone.
  const graph: Graph = {
    nodes: 3,
    edges: new Int32Array(0),
    features: {
      indptr: Int32Array.of(0, 3, 5, 6),
      indices: Int32Array.of(0, 1, 2, 2, 3, 4),
      values: Float32Array.of(1, 1, 1, 1, 1, 1),
      count: 5,
    },
  }
  const { allows } = coOccurrence(graph)
  // Node 0 has 0, 1 (two companions each) and 2 (three): 1/2 + 1/2 + 1/3. With 3 only 2 occurs.
  t.false(allows(0, 3))
  t.false(allows(0, 4))
  // Node 1 has 2 (three companions) and 3 (one): 1/3 + 1. With 0 only 2 occurs: 1/3.
  t.false(allows(1, 0))
  // With 2 occurs 3: 1 of 4/3.
  t.true(allows(1, 2))
  t.false(allows(2, 0))
})

test.serial(
  'the surrogate is at the optimum of its loss after many steps',
  leavesNoTensors(t => {
    const goal = graphGoal(dataset)
    const trained = trainLinearSurrogate(goal, classes, {
      steps: 3000,
      learningRate: 0.05,
      weightDecay: 0.05,
    })
    const weights = trained.arraySync() as number[][]
    trained.dispose()
    const loss = (moved: readonly (readonly number[])[]) => {
      const logits = logitsOf(dataset, moved)
      const entropy = Array.from(goal.train, node => {
        const row = logits[node]!
        return Math.log(row.reduce((sum, z) => sum + Math.exp(z), 0)) - row[dataset.labels[node]!]!
      }).reduce((sum, one) => sum + one / goal.train.length, 0)
      return entropy + 0.025 * moved.flat().reduce((sum, w) => sum + w * w, 0)
    }
    const least = loss(weights)
    for (const [j, c] of [
      [0, 0],
      [50, 1],
      [159, 3],
    ] as const) {
      for (const by of [-0.05, 0.05]) {
        t.true(loss(weights.map((row, i) => (i === j ? row.with(c, row[c]! + by) : row))) > least)
      }
    }
  }),
)

test.serial(
  'targets are the most and least certain of the correct ones, and others at random',
  leavesNoTensors(t => {
    const margins = [0.9, 0.1, -0.5, 0.4, 0.3, 0.5, 0.2, 0.8]
    const rows = margins.map(m => [Math.log((1 + m) / 2), Math.log((1 - m) / 2)])
    const victim = { ...blind, classes: 2, logits: () => tf.tensor2d(rows) }
    const labels = new Int32Array(8)
    const goal = { ...graphGoal(dataset), labels, targets: Int32Array.from(labels.keys()) }
    const select = (seed: number, random: number) => {
      const counts = { certain: 2, uncertain: 2, random }
      return [...selectTargets(victim, goal, generator(seed, 'test'), counts)]
    }
    t.deepEqual(select(0, 0), [0, 1, 6, 7])
    t.deepEqual(select(0, 9), [0, 1, 3, 4, 5, 6, 7])
    const drawn = new Set([...Array(40).keys()].flatMap(seed => select(seed, 1)))
    t.deepEqual([...drawn].toSorted(), [0, 1, 3, 4, 5, 6, 7])
  }),
)
