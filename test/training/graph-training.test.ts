import test from 'ava'
import { architectureSchema, buildNetwork } from '../../models/architecture.ts'
import { initialise } from '../../models/initialise.ts'
import { citations } from '../../src/data/graph/citations.ts'
import { tf } from '../../src/engine/tf.ts'
import { graphTask } from '../../src/tasks/graph-task.ts'
import { testAccuracy } from '../../src/tasks/task.ts'
import { createEstimator, estimatorSchema } from '../../src/training/estimators/create-estimator.ts'
import { crossEntropy } from '../../src/training/loss.ts'
import { disposeBatch, train, trainingSchema } from '../../src/training/train.ts'
import { leavesNoTensors, useEngine } from '../with-engine.ts'
import { repeat, totalVariance } from './estimator-fixtures.ts'

useEngine()

const arm = (options: object) => createEstimator(estimatorSchema.parse(options), crossEntropy)
const graph = citations({ train: 80, test: 320, seed: 0 })
const task = graphTask(graph)
const built = (options: object) => buildNetwork(architectureSchema.parse(options), task.input)

// Seen: 283 times (gcn) and 41 times (gat).
for (const [name, factor] of [
  ['gcn', 100],
  ['gat', 15],
] as const) {
  test.serial(
    `${name}: on 500 nodes local credit lowers the variance ${factor} times and keeps the mean`,
    leavesNoTensors(t => {
      const network = built({ name, ...(name === 'gat' && { hidden: 4, heads: 4 }) })
      const parameters = initialise(network, 0) as Record<string, tf.Tensor>
      const batch = task.first(task.train)
      const [local, whole] = [true, false].map(localCredit =>
        repeat(
          arm({ name: 'lr-logit', sigma: 0.4, copies: 4, localCredit }),
          network,
          parameters,
          batch,
          25,
        ),
      ) as [ReturnType<typeof repeat>, ReturnType<typeof repeat>]
      const ratio = totalVariance(whole) / totalVariance(local)
      t.true(ratio > factor, `${ratio}`)
      // Thousands of entries: the mean square deviation is one where the means are equal.
      const squares = local.map(({ mean, error }, at) => {
        const combined = Math.hypot(error, whole[at]!.error)
        return combined === 0 ? 1 : ((mean - whole[at]!.mean) / combined) ** 2
      })
      const average = squares.reduce((sum, square) => sum + square, 0) / squares.length
      t.true(Math.abs(average - 1) < 0.25, `${average}`)
      tf.dispose(parameters)
      disposeBatch(batch)
    }),
  )
}

for (const [architecture, estimator, steps, least] of [
  [{ name: 'gcn' }, { name: 'bp' }, 100, 0.82],
  [{ name: 'gcn' }, { name: 'lr-logit', copies: 8 }, 120, 0.8],
  [{ name: 'gat', hidden: 4, heads: 4 }, { name: 'bp' }, 60, 0.8],
  [{ name: 'gat', hidden: 4, heads: 4 }, { name: 'lr-logit', copies: 8 }, 100, 0.7],
] as const) {
  test.serial(
    `${architecture.name} learns the embedded graph with ${estimator.name}`,
    leavesNoTensors(async t => {
      const network = built(architecture)
      const options = trainingSchema.parse({
        epochs: steps,
        learningRate: 0.02,
        weightDecay: 5e-4,
        curvePoints: 1,
      })
      const request = { network, task, estimator: arm(estimator), options, seed: 1 }
      const { parameters, state, updates } = await train(request)
      t.is(state, 'trained')
      t.is(updates, steps)
      const accuracy = testAccuracy(task, network, parameters)
      t.true(accuracy > least, `${accuracy}`)
      tf.dispose(parameters as Record<string, tf.Tensor>)
    }),
  )
}
