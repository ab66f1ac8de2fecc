import test from 'ava'
import { checkedAttack } from '../../../attacks/graph/checked-attack.ts'
import {
  denseAdjacency,
  denseFeatures,
  type Graph,
  sparseFeatures,
  withFlippedPairs,
} from '../../../attacks/graph/graph.ts'
import type { GraphAttack } from '../../../attacks/graph/graph-attack.ts'
import {
  assertWithinBudget,
  changesBetween,
  edgeBudget,
} from '../../../attacks/graph/graph-budget.ts'
import { tf } from '../../../src/engine/tf.ts'
import { generator } from '../../../src/random/generator.ts'

const random = generator(0, 'test')
const all = Int32Array.of(0, 1, 2, 3)

/** A path of four nodes with two binary features. */
const path: Graph = {
  nodes: 4,
  edges: Int32Array.of(0, 1, 1, 2, 2, 3),
  features: {
    indptr: Int32Array.of(0, 1, 2, 2, 4),
    indices: Int32Array.of(0, 1, 0, 1),
    values: Float32Array.of(1, 1, 1, 1),
    count: 2,
  },
}

const changed = (at: number, to: number): Graph => {
  const dense = denseFeatures(path)
  dense[at] = to
  return { ...path, features: sparseFeatures(dense, 2) }
}

test('an undirected edge counts once in the budget, which is rounded down', t => {
  t.deepEqual(edgeBudget(0.5, path), { edges: 1, entries: 0 })
  t.deepEqual(edgeBudget(0.67, path), { edges: 2, entries: 0 })
})

test('a flipped pair is one change in either order, and twice is none', t => {
  const flipped = withFlippedPairs(path, [
    [3, 0],
    [1, 0],
  ])
  t.deepEqual([...flipped.edges], [0, 3, 1, 2, 2, 3])
  t.deepEqual(changesBetween(path, flipped), { edges: 2, entries: 0 })
  t.deepEqual(
    withFlippedPairs(flipped, [
      [0, 3],
      [0, 1],
    ]).edges,
    path.edges,
  )
  t.deepEqual([...denseAdjacency(path)], [0, 1, 0, 0, 1, 0, 1, 0, 0, 1, 0, 1, 0, 0, 1, 0])
})

test('features in full and as entries are the same', t => {
  const dense = denseFeatures(path)
  t.deepEqual([...dense], [1, 0, 0, 1, 0, 0, 1, 1])
  t.deepEqual(sparseFeatures(dense, 2), path.features)
})

test('what is within the budget passes', t => {
  const budget = { edges: 1, entries: 1 }
  t.notThrows(() => assertWithinBudget(path, withFlippedPairs(path, [[0, 2]]), budget))
  t.notThrows(() => assertWithinBudget(path, changed(1, 1), budget))
  t.notThrows(() => assertWithinBudget(path, changed(0, 0.75), { ...budget, epsilon: 0.25 }))
})

for (const [what, graph, budget] of [
  ['a loop', { ...path, edges: Int32Array.of(0, 1, 2, 2) }, { edges: 9, entries: 0 }],
  [
    'an edge in both directions',
    { ...path, edges: Int32Array.of(0, 1, 1, 0) },
    { edges: 9, entries: 0 },
  ],
  ['an edge twice', { ...path, edges: Int32Array.of(0, 1, 0, 1) }, { edges: 9, entries: 0 }],
  ['an end that is no node', { ...path, edges: Int32Array.of(0, 4) }, { edges: 9, entries: 0 }],
  ['another number of nodes', { ...path, nodes: 5 }, { edges: 9, entries: 0 }],
  ['an edge too many', withFlippedPairs(path, [[0, 2]]), { edges: 0, entries: 0 }],
  ['a feature too many', changed(1, 1), { edges: 1, entries: 0 }],
  [
    'too much together',
    withFlippedPairs(changed(1, 1), [[0, 2]]),
    { edges: 1, entries: 1, changes: 1 },
  ],
  ['a feature that is not binary', changed(1, 0.5), { edges: 0, entries: 1 }],
  ['a value beyond epsilon', changed(1, 0.5), { edges: 0, entries: 1, epsilon: 0.4 }],
  ['a value beyond one', changed(0, 1.1), { edges: 0, entries: 1, epsilon: 0.4 }],
  ['a value that is no number', changed(0, Number.NaN), { edges: 0, entries: 1, epsilon: 0.4 }],
] as const) {
  test(`${what} is refused`, t => {
    t.throws(() => assertWithinBudget(path, graph, budget), { instanceOf: RangeError })
  })
}

test('an attack that leaves its budget is stopped', t => {
  const attackOf = (edges: Int32Array): GraphAttack => ({
    name: 'given',
    config: {},
    requires: [],
    targeted: false,
    budget: ({ graph }) => edgeBudget(0.34, graph),
    run: (_victim, { graph }) => ({ graph: { ...graph, edges }, queries: 0 }),
  })
  const goal = { graph: path, labels: new Int32Array(4), train: all, targets: all }
  const victim = { classes: 2, capabilities: [], logits: () => tf.zeros([4, 2]) as tf.Tensor2D }
  const run = (edges: Int32Array) => checkedAttack(attackOf(edges)).run(victim, goal, random)
  t.deepEqual([...run(Int32Array.of(0, 1, 1, 2)).graph.edges], [0, 1, 1, 2])
  t.throws(() => run(Int32Array.of(0, 1)), { message: /2 edges .* beyond its budget/ })
  t.throws(() => run(Int32Array.of(0, 1, 1, 2, 3, 2)), { message: /edge 3–2/ })
})
