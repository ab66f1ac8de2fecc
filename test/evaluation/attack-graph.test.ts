import test from 'ava'
import { createGraphAttack, graphAttackSchema } from '../../attacks/graph/create-graph-attack.ts'
import { changesBetween } from '../../attacks/graph/graph-budget.ts'
import { predictedLabels } from '../../attacks/graph/node-objective.ts'
import type { GraphDataset } from '../../src/data/dataset.ts'
import { tf } from '../../src/engine/tf.ts'
import { UsageError } from '../../src/errors.ts'
import {
  craftGraphs,
  graphGoal,
  judgeEvasion,
  judgePoisoning,
  nodeAccuracies,
} from '../../src/evaluation/attack-graph.ts'
import {
  smallCitations,
  smallGcn,
  trainedParameters,
  trainedVictim,
} from '../attacks/graph/small-citations.ts'
import { useEngine } from '../with-engine.ts'

useEngine()

const dataset = smallCitations(100)
const goal = graphGoal(dataset)
const make = (options: object, strength: number) =>
  createGraphAttack(graphAttackSchema.parse(options), strength)

test.serial('evasion and poisoning are judged each in its own way', async t => {
  const victim = await trainedVictim(t, dataset)
  const tensors = tf.memory().numTensors
  const crafted = await craftGraphs(make({ name: 'dice' }, 0.3), victim, goal, 0)
  t.is(crafted.length, 1)
  t.is(crafted[0]!.edges, changesBetween(dataset, crafted[0]!.graph).edges)
  const evasion = judgeEvasion(victim, goal, crafted)
  const seen: GraphDataset[] = []
  const retrainable = {
    architecture: smallGcn,
    dataset,
    train: (changed: GraphDataset) => {
      seen.push(changed)
      return trainedParameters(changed)
    },
  }
  const poisoning = await judgePoisoning(retrainable, victim, goal, crafted)
  t.is(tf.memory().numTensors, tensors)
  t.deepEqual(seen[0]!.edges, crafted[0]!.graph.edges)

  const before = predictedLabels(victim, goal)
  const after = predictedLabels(victim, { ...goal, graph: crafted[0]!.graph })
  t.deepEqual(
    evasion.map(({ node, label, cleanPrediction, adversarialPrediction }) => [
      node,
      label,
      cleanPrediction,
      adversarialPrediction,
    ]),
    Array.from(dataset.test, node => [node, dataset.labels[node]!, before[node]!, after[node]!]),
  )
  for (const judged of [evasion, poisoning]) {
    for (const { label, cleanPrediction, adversarialPrediction, success } of judged) {
      t.is(success, cleanPrediction === label && adversarialPrediction !== label)
    }
    const { clean, attacked } = nodeAccuracies(judged)
    t.true(attacked < clean - 0.05, `${clean} to ${attacked}`)
  }
  // The same weights on the clean graph, other weights on the changed one.
  t.deepEqual(
    evasion.map(one => one.cleanPrediction),
    poisoning.map(one => one.cleanPrediction),
  )
  t.notDeepEqual(
    evasion.map(one => one.adversarialPrediction),
    poisoning.map(one => one.adversarialPrediction),
  )
})

test.serial(
  'an attack on one node at a time changes a graph for each, whatever the others',
  async t => {
    const victim = await trainedVictim(t, dataset)
    const attack = make({ name: 'nettack', extra: 2 }, 1)
    const some = { ...goal, targets: dataset.test.slice(0, 12) }
    const shares: number[] = []
    const crafted = await craftGraphs(attack, victim, some, 0, share => {
      shares.push(share)
    })
    t.is(shares.length, 12)
    t.is(shares.at(-1), 1)
    t.deepEqual(
      crafted.map(({ targets }) => [...targets]),
      Array.from(some.targets, target => [target]),
    )
    const alone = await craftGraphs(
      attack,
      victim,
      { ...goal, targets: some.targets.slice(5, 6) },
      0,
    )
    t.deepEqual(alone[0], crafted[5])
    const { clean, attacked } = nodeAccuracies(judgeEvasion(victim, some, crafted))
    t.true(attacked < clean / 2, `${clean} to ${attacked}`)
  },
)

test.serial('an attack names what a victim lacks', async t => {
  const victim = await trainedVictim(t, dataset)
  const blackBox = { classes: 4, capabilities: [], logits: victim.logits }
  await t.throwsAsync(craftGraphs(make({ name: 'pgd-topology' }, 0.1), blackBox, goal, 0), {
    instanceOf: UsageError,
    message: /pgd-topology needs relaxed/,
  })
})
