import test from 'ava'
import { architectureSchema, buildNetwork } from '../../models/architecture.ts'
import { initialise } from '../../models/initialise.ts'
import { tf } from '../../src/engine/tf.ts'
import { stepNorms } from '../../src/probes/step-norms.ts'
import { crossEntropy } from '../../src/training/loss.ts'
import { leavesNoTensors, useEngine } from '../with-engine.ts'

useEngine()

const length = 8

/** A tanh Elman network whose feedback shrinks every step to a part of the one before. */
function shrinking() {
  const network = buildNetwork(
    architectureSchema.parse({ name: 'elman', embedding: 3, hidden: 3 }),
    { kind: 'sequences', length, vocabulary: 6, classes: 3 },
  )
  const parameters = initialise(network, 1) as Record<string, tf.Tensor>
  const feedback = 'recurrent1/feedback'
  const smaller = tf.mul(parameters[feedback]!, 0.5)
  parameters[feedback]!.dispose()
  parameters[feedback] = smaller
  const tokens = Int32Array.from({ length: 4 * length }, (_, at) => 1 + (at % 5))
  const batch = {
    x: tf.tensor2d(tokens, [4, length], 'int32'),
    labels: tf.tensor2d([1, 0, 0, 0, 1, 0, 0, 0, 1, 1, 0, 0], [4, 3]),
  }
  return { network, parameters, batch }
}

test.serial(
  'a gradient that vanishes does so in what the estimates share, not in their noise',
  leavesNoTensors(async t => {
    const { network, parameters, batch } = shrinking()
    const norms = await stepNorms({
      network,
      parameters,
      batch,
      estimator: {
        inject: 'logit',
        copies: 256,
        sigma: 0.05,
        sigmaSchedule: { name: 'constant' },
        noise: { kind: 'gaussian', sequence: 'random' },
        antithetic: true,
        baseline: 'clean',
      },
      loss: crossEntropy,
      repeats: 40,
      seed: 0,
    })
    t.deepEqual(
      norms.map(({ step }) => step),
      Array.from({ length }, (_, step) => step),
    )
    for (let step = 1; step < length; step++) {
      const factor = norms[step - 1]!.backprop / norms[step]!.backprop
      t.true(factor < 0.55, `step ${step}: ${factor}`)
    }
    const [first, last] = [norms[0]!, norms.at(-1)!]
    t.true(Math.abs(last.signal! / last.backprop - 1) < 0.05)
    t.true(last.estimate > last.signal!)
    // The noise is of one size at all steps, far above the gradient of the first.
    t.true(first.estimate > 100 * first.backprop)
    t.true(Math.abs(norms[1]!.estimate / first.estimate - 1) < 0.1)
    tf.dispose([batch.x, batch.labels, parameters])
  }),
)
