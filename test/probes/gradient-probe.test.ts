import test from 'ava'
import { architectureSchema, buildNetwork } from '../../models/architecture.ts'
import { initialise } from '../../models/initialise.ts'
import { imageInput } from '../../models/input.ts'
import { tf } from '../../src/engine/tf.ts'
import { probeGradients } from '../../src/probes/gradient-probe.ts'
import { Moments } from '../../src/probes/moments.ts'
import { createEstimator, estimatorSchema } from '../../src/training/estimators/create-estimator.ts'
import type { Batch } from '../../src/training/estimators/estimator.ts'
import { crossEntropy } from '../../src/training/loss.ts'
import { leavesNoTensors, uniformTensor, useEngine } from '../with-engine.ts'

useEngine()

test('moments of written-out vectors', t => {
  const moments = new Moments(new Float32Array([3, 4]))
  moments.add(new Float32Array([6, 8]))
  moments.add(new Float32Array([0, 4]))
  moments.add(new Float32Array([3, 0]))
  const found = moments.summary()
  t.is(found.referenceNorm, 5)
  // Means 3 and 4; deviations 9 + 9 and 16 + 0 + 16, over n - 1 = 2.
  t.true(Math.abs(found.variance - 25) < 1e-9)
  t.true(Math.abs(found.relativeVariance! - 1) < 1e-9)
  t.true(Math.abs(found.cosineMean! - (1 + 0.8 + 0.6) / 3) < 1e-9)
  t.true(Math.abs(found.cosineSd! - 0.2) < 1e-9)
  t.true(Math.abs(found.cosineOfMean! - 1) < 1e-9)
})

test('a zero reference has no relative variance and no cosine', t => {
  const moments = new Moments(new Float32Array(2))
  moments.add(new Float32Array([1, 0]))
  moments.add(new Float32Array([0, 1]))
  const { relativeVariance, cosineMean, cosineSd, cosineOfMean } = moments.summary()
  t.deepEqual([relativeVariance, cosineMean, cosineSd, cosineOfMean], [null, null, null, null])
})

test.serial(
  'more copies bring variance down and cosine up, at every site',
  leavesNoTensors(async t => {
    const architecture = architectureSchema.parse({ name: 'mlp', hidden: [8], activation: 'tanh' })
    const network = buildNetwork(architecture, imageInput([4, 4, 1], 3))
    const parameters = initialise(network, 1)
    const batch: Batch = {
      x: uniformTensor([6, 4, 4, 1], 'images') as tf.Tensor4D,
      labels: tf.tensor2d([0, 1, 2, 0, 1, 2].map(y => [0, 1, 2].map(k => (k === y ? 1 : 0)))),
    }
    const probe = (copies: number, name = 'lr-logit') =>
      probeGradients({
        network,
        parameters,
        batch,
        estimator: createEstimator(
          estimatorSchema.parse({ name, copies, sigma: 0.05 }),
          crossEntropy,
        ),
        loss: crossEntropy,
        repeats: 60,
        seed: 0,
      })
    const [few, many] = [await probe(2), await probe(64)]
    t.deepEqual(
      few.map(({ site, parameters }) => [site.name, parameters]),
      [
        ['dense1', 16 * 8 + 8],
        ['dense2', 8 * 3 + 3],
      ],
    )
    few.forEach((one, at) => {
      const ratio = one.variance / many[at]!.variance
      t.true(ratio > 20 && ratio < 50, `32 expected: ${ratio}`)
      t.is(one.referenceNorm, many[at]!.referenceNorm)
      t.true(many[at]!.cosineMean! > one.cosineMean!)
      t.true(many[at]!.cosineOfMean! > 0.98)
      t.true(one.milliseconds > 0)
    })
    // All parameters at once: every site has the time of the whole estimate.
    const [whole, more] = [await probe(16, 'es'), await probe(512, 'es')]
    whole.forEach((one, at) => {
      const ratio = one.variance / more[at]!.variance
      t.true(ratio > 20 && ratio < 50, `32 expected: ${ratio}`)
      t.is(one.milliseconds, whole[0]!.milliseconds)
      t.is(one.referenceNorm, few[at]!.referenceNorm)
      t.true(more[at]!.cosineOfMean! > 0.98)
    })
    tf.dispose([batch.x, batch.labels, parameters as unknown as tf.Tensor])
  }),
)
