import test from 'ava'
import { createGraphAttack, graphAttackSchema } from '../../../attacks/graph/create-graph-attack.ts'
import { denseFeatures, type Graph } from '../../../attacks/graph/graph.ts'
import { changesBetween } from '../../../attacks/graph/graph-budget.ts'
import type { GraphVictim } from '../../../attacks/graph/graph-victim.ts'
import {
  objectiveAt,
  objectiveGradient,
  objectiveOf,
} from '../../../attacks/graph/node-objective.ts'
import { tf } from '../../../src/engine/tf.ts'
import { graphGoal } from '../../../src/evaluation/attack-graph.ts'
import { generator } from '../../../src/random/generator.ts'
import { leavesNoTensors, useEngine } from '../../with-engine.ts'
import { smallCitations, trainedVictim } from './small-citations.ts'

useEngine()

const dataset = smallCitations(100)
const goal = graphGoal(dataset)
const { nodes } = dataset
const { count } = dataset.features

const make = (options: object, strength: number) =>
  createGraphAttack(graphAttackSchema.parse(options), strength)
const run = (victim: GraphVictim, options: object, strength: number, seed = 0) =>
  make(options, strength).run(victim, goal, generator(seed, 'test')).graph
const lossOf = (victim: GraphVictim, graph: Graph) =>
  objectiveAt(
    victim,
    objectiveOf({ loss: 'cross-entropy', labels: 'predicted' }, victim, goal),
    graph,
  )

/** Gradient of the targets' loss by the clean features. */
function cleanGradient(victim: GraphVictim): Float32Array {
  const objective = objectiveOf({ loss: 'cross-entropy', labels: 'predicted' }, victim, goal)
  const x = tf.tensor2d(denseFeatures(dataset), [nodes, count])
  const { gradient } = objectiveGradient(victim, objective, x, features => ({
    nodes,
    structure: dataset.edges,
    features,
  }))
  const values = gradient.dataSync() as Float32Array
  tf.dispose([x, gradient])
  return values
}

test.serial('feature FGSM is one step of epsilon along the sign, within [0, 1]', async t => {
  const victim = await trainedVictim(t, dataset)
  const attacked = denseFeatures(run(victim, { name: 'feature-fgsm' }, 0.05))
  const gradient = cleanGradient(victim)
  denseFeatures(dataset).forEach((x, at) => {
    const expected = Math.min(Math.max(x + 0.05 * Math.sign(gradient[at]!), 0), 1)
    if (Math.abs(attacked[at]! - expected) > 1e-6)
      t.fail(`${at}: ${attacked[at]}, gradient ${gradient[at]}`)
  })
  t.true(
    lossOf(victim, { ...dataset, features: run(victim, { name: 'feature-fgsm' }, 0.05).features }) >
      lossOf(victim, dataset),
  )
})

test.serial('feature PGD beats FGSM and more room is never worse', async t => {
  const victim = await trainedVictim(t, dataset)
  const fgsm = lossOf(victim, run(victim, { name: 'feature-fgsm' }, 0.1))
  const losses = [0.02, 0.1, 0.5].map(epsilon =>
    lossOf(victim, run(victim, { name: 'feature-pgd', steps: 10 }, epsilon)),
  )
  t.true(losses[1]! > fgsm)
  t.true(losses[0]! < losses[1]! && losses[1]! < losses[2]!)
})

test.serial('one flip is the one of largest first-order gain', async t => {
  const victim = await trainedVictim(t, dataset)
  const before = denseFeatures(dataset)
  const gains = cleanGradient(victim).map((g, at) => g * (1 - 2 * before[at]!))
  const rate = 1.5 / dataset.features.indices.length
  const after = denseFeatures(run(victim, { name: 'feature-flip', steps: 1 }, rate))
  const changed = [...after.keys()].filter(at => after[at] !== before[at])
  t.deepEqual(changed, [gains.indexOf(Math.max(...gains))])
})

test.serial('flips stay within the budget, and several steps beat one', async t => {
  const victim = await trainedVictim(t, dataset)
  const budget = Math.floor(0.1 * dataset.features.indices.length)
  const flipped = (steps: number) => run(victim, { name: 'feature-flip', steps }, 0.1)
  const [one, ten] = [flipped(1), flipped(10)]
  t.is(changesBetween(dataset, ten).entries, budget)
  t.is(changesBetween(dataset, ten).edges, 0)
  t.true(lossOf(victim, ten) > lossOf(victim, one))
  t.true(lossOf(victim, one) > lossOf(victim, dataset))
})

for (const name of ['feature-fgsm', 'feature-flip', 'feature-pgd']) {
  test.serial(`${name}: strength 0 leaves the graph, one seed gives one result`, async t => {
    const victim = await trainedVictim(t, dataset)
    const tensors = tf.memory().numTensors
    t.is(changesBetween(dataset, run(victim, { name }, 0)).entries, 0)
    t.deepEqual(run(victim, { name }, 0.05, 3), run(victim, { name }, 0.05, 3))
    t.is(tf.memory().numTensors, tensors)
  })
}

test.serial(
  'zero and missing gradients leave the graph as it is',
  leavesNoTensors(t => {
    for (const constant of [0, Number.NaN]) {
      const logits = ({ features }: { readonly features: unknown }) =>
        tf.tidy(() => {
          const zeros = tf.zeros([nodes, 4])
          if (!(features instanceof tf.Tensor)) return zeros
          const sums = tf.sum(features as tf.Tensor2D, 1, true)
          return tf.add(zeros, tf.mul(sums, constant))
        }) as tf.Tensor2D
      const victim: GraphVictim = {
        classes: 4,
        capabilities: ['relaxed'],
        logits: features => logits({ features }),
        relaxed: { parameters: {}, logits: (_parameters, graph) => logits(graph) },
      }
      for (const name of ['feature-fgsm', 'feature-flip', 'feature-pgd']) {
        t.is(changesBetween(dataset, run(victim, { name }, 0.1)).entries, 0)
      }
    }
  }),
)
