import test from 'ava'
import { crossEntropy } from '../../attacks/losses.ts'
import { architectureSchema, buildNetwork } from '../../models/architecture.ts'
import { initialise } from '../../models/initialise.ts'
import { imageInput } from '../../models/input.ts'
import { tf } from '../../src/engine/tf.ts'
import { ensembleVictim } from '../../src/evaluation/ensemble-victim.ts'
import { distance, leavesNoTensors, uniformTensor, useEngine } from '../with-engine.ts'

useEngine()

test.serial(
  'an ensemble answers the mean of the logits, and its gradient is that of the mean',
  leavesNoTensors(t => {
    const members = [[6], [4, 3], []].map((hidden, seed) => {
      const architecture = architectureSchema.parse({ name: 'mlp', hidden })
      const network = buildNetwork(architecture, imageInput([2, 2, 1], 3))
      return { network, parameters: initialise(network, seed) }
    })
    const ensemble = ensembleVictim(members)
    t.is(ensemble.classes, 3)
    t.deepEqual(ensemble.inputShape, [2, 2, 1])
    const x = uniformTensor([5, 2, 2, 1], 'images')
    const labels = tf.tensor1d([0, 1, 2, 0, 1], 'int32')
    const meanOf = (input: tf.Tensor) =>
      tf.tidy(() => {
        const stacked = members.map(({ network, parameters }) => network.logits(parameters, input))
        return tf.mean(tf.stack(stacked), 0) as tf.Tensor2D
      })
    const [logits, expected] = [ensemble.logits(x), meanOf(x)]
    t.true(distance(logits, expected) < 1e-6)
    const found = ensemble.lossGradient!(x, crossEntropy(labels))
    t.true(distance(found.logits, expected) < 1e-6)
    // Central differences of the loss along one direction.
    const direction = uniformTensor([5, 2, 2, 1], 'direction')
    const lossAt = (step: number) =>
      tf.tidy(() => {
        const moved = tf.add(x, tf.mul(direction, step))
        return tf.sum(crossEntropy(labels)(meanOf(moved))).dataSync()[0]!
      })
    const slope = (lossAt(0.05) - lossAt(-0.05)) / 0.1
    const along = tf.tidy(() => tf.sum(tf.mul(found.gradient, direction)).dataSync()[0]!)
    t.true(Math.abs(slope - along) < 0.02 * Math.max(1, Math.abs(slope)), `${slope} ${along}`)
    for (const { parameters } of members) tf.dispose(parameters as Record<string, tf.Tensor>)
    tf.dispose([x, labels, logits, expected, direction, found.gradient, found.logits, found.losses])
  }),
)
