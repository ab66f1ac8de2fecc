import test from 'ava'
import { type Architecture, architectureSchema, buildNetwork } from '../../models/architecture.ts'
import { initialise } from '../../models/initialise.ts'
import { imageInput } from '../../models/input.ts'
import type { Parameters } from '../../models/network.ts'
import { glyphs } from '../../src/data/glyphs.ts'
import { tf } from '../../src/engine/tf.ts'
import { taskOf, testAccuracy } from '../../src/tasks/task.ts'
import { createEstimator, estimatorSchema } from '../../src/training/estimators/create-estimator.ts'
import { lossOf } from '../../src/training/loss.ts'
import { train, trainingSchema } from '../../src/training/train.ts'
import { distance, leavesNoTensors, useEngine } from '../with-engine.ts'

useEngine()

const dataset = glyphs({ train: 1000, test: 500, seed: 0 })
const task = taskOf(dataset)
const ratio = { name: 'lr-logit', copies: 32, sigma: 0.3 }

async function trained(architecture: object, arm: object, change: object) {
  const parsed: Architecture = architectureSchema.parse(architecture)
  const network = buildNetwork(parsed, imageInput(dataset.shape, 10))
  const options = trainingSchema.parse({ batch: 50, learningRate: 0.01, curvePoints: 4, ...change })
  const estimator = createEstimator(estimatorSchema.parse(arm), lossOf(options.loss))
  const result = await train({ network, task, estimator, options, seed: 0 })
  return { network, ...result, tested: testAccuracy(task, network, result.parameters) }
}

/** Names of the parameters that differ from their initial values. */
function moved(before: Parameters, after: Parameters): string[] {
  return Object.keys(before).filter(name => distance(before[name]!, after[name]!) > 0)
}

const free = (...owned: Parameters[]) => {
  for (const parameters of owned) tf.dispose(parameters as Record<string, tf.Tensor>)
}

// Chance is 10 % on ten classes.
test.serial(
  'the 0-1 loss trains with the likelihood ratio and not at all with backprop',
  leavesNoTensors(async t => {
    const small = { name: 'mlp', hidden: [64] }
    const wide = { ...ratio, sigma: 1 }
    const lr = await trained(small, wide, { epochs: 40, loss: 'zero-one' })
    const bp = await trained(small, { name: 'bp' }, { epochs: 2, loss: 'zero-one' })
    const start = initialise(bp.network, 0)
    t.true(lr.tested > 0.4, `likelihood ratio: ${lr.tested}`)
    t.deepEqual(moved(start, bp.parameters), [])
    // The curve shows the share of errors.
    const [first, last] = [lr.curve[0]!.trainLoss!, lr.curve.at(-1)!.trainLoss!]
    t.true(first < 1 && last < first - 0.1 && last < 0.6, `from ${first} to ${last}`)
    t.true(bp.curve.every(point => point.gradientNorm === 0))
    free(lr.parameters, bp.parameters, start)
  }),
)

for (const [architecture, epochs] of [
  [{ name: 'mlp', hidden: [64], activation: 'threshold' }, 10],
  [{ name: 'lenet', channels: [2, 4], hidden: 16, activation: 'threshold' }, 1],
] as const) {
  test.serial(
    `threshold ${architecture.name}: the likelihood ratio moves all layers, backprop the last alone`,
    leavesNoTensors(async t => {
      const lr = await trained(architecture, ratio, { epochs })
      const bp = await trained(architecture, { name: 'bp' }, { epochs })
      const start = initialise(bp.network, 0)
      t.deepEqual(moved(start, bp.parameters), [...bp.network.sites.at(-1)!.parameters])
      t.deepEqual(moved(start, lr.parameters), Object.keys(start))
      if (architecture.name === 'mlp') {
        // With hidden weights that never move, backprop reaches 31 % here.
        t.true(lr.tested > 0.48, `likelihood ratio: ${lr.tested}`)
        t.true(bp.tested < 0.4, `backprop: ${bp.tested}`)
      }
      free(lr.parameters, bp.parameters, start)
    }),
  )
}
