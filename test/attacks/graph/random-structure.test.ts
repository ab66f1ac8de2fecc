import test from 'ava'
import { createGraphAttack, graphAttackSchema } from '../../../attacks/graph/create-graph-attack.ts'
import { edgeKeys, type Graph, pairOf } from '../../../attacks/graph/graph.ts'
import type { GraphVictim } from '../../../attacks/graph/graph-victim.ts'
import { tf } from '../../../src/engine/tf.ts'
import { graphGoal } from '../../../src/evaluation/attack-graph.ts'
import { generator } from '../../../src/random/generator.ts'
import { smallCitations } from './small-citations.ts'

const dataset = smallCitations(100)
const edges = dataset.edges.length / 2

/** Attacks that look at no model need none. */
const blind: GraphVictim = { classes: 4, capabilities: [], logits: () => tf.zeros([0, 4]) }

const run = (options: object, rate: number, seed = 0, goal = graphGoal(dataset)) =>
  createGraphAttack(graphAttackSchema.parse(options), rate).run(
    blind,
    goal,
    generator(seed, 'test'),
  ).graph

const differences = (before: Graph, after: Graph) => {
  const [old, now] = [edgeKeys(before), edgeKeys(after)]
  return {
    added: [...now].filter(key => !old.has(key)).map(key => pairOf(before.nodes, key)),
    removed: [...old].filter(key => !now.has(key)).map(key => pairOf(before.nodes, key)),
  }
}

for (const [change, addsAll, removesAll] of [
  ['add', true, false],
  ['remove', false, true],
  ['flip', false, false],
] as const) {
  test(`random ${change}: exactly the budget, of that kind alone`, t => {
    const budget = Math.floor(0.3 * edges)
    const options = { name: 'random-structure', change }
    const { added, removed } = differences(dataset, run(options, 0.3))
    t.is(added.length + removed.length, budget)
    if (addsAll) t.is(removed.length, 0)
    if (removesAll) t.is(added.length, 0)
    t.deepEqual(run(options, 0.3), run(options, 0.3))
    t.notDeepEqual(run(options, 0.3), run(options, 0.3, 1))
    t.deepEqual(run(options, 0).edges, dataset.edges)
  })
}

test('removing all edges leaves none, also when few are left to draw', t => {
  t.is(run({ name: 'random-structure', change: 'remove' }, 1).edges.length, 0)
})

test('every pair is as likely as any other', t => {
  const path = { ...dataset, nodes: 4, edges: Int32Array.of(0, 1, 1, 2, 2, 3) }
  const counts = new Map<string, number>()
  for (let seed = 0; seed < 900; seed++) {
    const goal = { ...graphGoal(dataset), graph: path }
    const { added } = differences(path, run({ name: 'random-structure' }, 0.34, seed, goal))
    const pair = String(added[0])
    counts.set(pair, (counts.get(pair) ?? 0) + 1)
  }
  t.deepEqual([...counts.keys()].toSorted(), ['0,2', '0,3', '1,3'])
  // Five standard deviations of a count of 300.
  for (const count of counts.values()) t.true(Math.abs(count - 300) < 71, `${count}`)
})

test('DICE parts nodes of one class and joins others, exactly as many as asked', t => {
  const { labels } = dataset
  const { added, removed } = differences(dataset, run({ name: 'dice' }, 0.4))
  t.is(added.length + removed.length, Math.floor(0.4 * edges))
  for (const [u, v] of added) t.not(labels[u], labels[v])
  for (const [u, v] of removed) t.is(labels[u], labels[v])
  t.true(added.length > 0.1 * edges && removed.length > 0.1 * edges)
})

test('DICE places all its changes where one kind runs out', t => {
  const inner = (() => {
    const { labels, edges: list } = dataset
    let count = 0
    for (let at = 0; at < list.length; at += 2) {
      if (labels[list[at]!] === labels[list[at + 1]!]) count++
    }
    return count
  })()
  t.true(inner < edges)
  const { added, removed } = differences(dataset, run({ name: 'dice', addProbability: 0 }, 1))
  t.is(removed.length, inner)
  t.is(added.length, edges - inner)
})

test('DICE leaves nodes without a label alone', t => {
  const labels = dataset.labels.map((label, node) => (node < 50 ? -1 : label))
  const { added, removed } = differences(
    dataset,
    run({ name: 'dice' }, 0.2, 0, { ...graphGoal(dataset), labels }),
  )
  t.true([...added, ...removed].flat().every(node => node >= 50))
})
