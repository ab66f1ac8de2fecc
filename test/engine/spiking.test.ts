import test from 'ava'
import { withReference } from '../../src/engine/reference.ts'
import {
  type FiringOptions,
  leakyIntegrateAndFire,
  type Surrogate,
  surrogateNames,
} from '../../src/engine/spiking.ts'
import { tf } from '../../src/engine/tf.ts'
import { distance, leavesNoTensors, normalTensor, useEngine } from '../with-engine.ts'

useEngine()

/** The surrogates written out as operations on x = membrane − threshold. */
const slopes: Readonly<Record<Surrogate, (x: tf.Tensor) => tf.Tensor>> = {
  atan: x => tf.reciprocal(tf.add(1, tf.square(tf.mul(Math.PI, x)))),
  'fast-sigmoid': x => tf.reciprocal(tf.square(tf.add(1, tf.mul(10, tf.abs(x))))),
  triangular: x => tf.relu(tf.sub(1, tf.abs(x))),
  heaviside: x => tf.zerosLike(x),
}

function spike(surrogate: Surrogate): (x: tf.Tensor) => tf.Tensor {
  return tf.customGrad((given, save) => {
    const x = given as tf.Tensor
    ;(save as tf.GradSaveFunc)([x])
    return {
      value: tf.cast(tf.greaterEqual(x, 0), 'float32'),
      gradFunc: (dy: tf.Tensor, [saved]: tf.Tensor[]) => tf.mul(dy, slopes[surrogate](saved!)),
    }
  }) as (x: tf.Tensor) => tf.Tensor
}

/** The same neurons, step by step, in TensorFlow.js's own operations. */
function writtenOut(
  current: tf.Tensor,
  { decay, threshold, reset }: FiringOptions,
  surrogate: Surrogate,
): tf.Tensor {
  const fire = spike(surrogate)
  // Not tf.unstack, whose gradient throws for a single step.
  const currents = Array.from({ length: current.shape[1]! }, (_, t) => tf.gather(current, t, 1))
  let membrane = tf.zerosLike(currents[0]!)
  let spikes = tf.zerosLike(currents[0]!)
  const all: tf.Tensor[] = []
  for (const input of currents) {
    const left =
      reset === 'zero'
        ? tf.mul(tf.mul(decay, membrane), tf.sub(1, spikes))
        : tf.sub(tf.mul(decay, membrane), tf.mul(threshold, spikes))
    membrane = tf.add(left, input)
    spikes = fire(tf.sub(membrane, threshold))
    all.push(spikes)
  }
  return tf.stack(all, 1)
}

const shapes = [
  [3, 7],
  [2, 5, 4],
  [2, 1, 3],
  [2, 6, 3, 2, 2],
]

for (const surrogate of surrogateNames) {
  for (const reset of ['zero', 'subtract'] as const) {
    test.serial(
      `${surrogate}, reset ${reset}: spikes and gradient are those of the equations written out`,
      leavesNoTensors(t => {
        const options = { decay: 0.8, threshold: 0.7, reset }
        for (const shape of shapes) {
          tf.tidy(() => {
            const current = normalTensor(shape, 'current')
            const dy = normalTensor(shape, 'dy')
            const fused = (x: tf.Tensor) => leakyIntegrateAndFire(x, options, surrogate)
            const slow = (x: tf.Tensor) => writtenOut(x, options, surrogate)
            t.deepEqual(fused(current).dataSync(), slow(current).dataSync())
            const [gradient, expected] = [tf.grad(fused)(current, dy), tf.grad(slow)(current, dy)]
            t.deepEqual(gradient.shape, shape)
            t.true(distance(gradient, expected) < 1e-5, `[${shape}]`)
            const size = tf.max(tf.abs(gradient)).dataSync()[0]!
            t.is(size > 0.01, surrogate !== 'heaviside')
          })
        }
      }),
    )
  }
}

test.serial(
  'a neuron leaks, fires at the threshold and is reset',
  leavesNoTensors(t => {
    tf.tidy(() => {
      const current = tf.tensor2d([[0.5, 0.75, 0.25, 0.875, 2.5, 0]])
      const fire = (reset: FiringOptions['reset']) => [
        ...leakyIntegrateAndFire(current, { decay: 0.5, threshold: 1, reset }, 'atan').dataSync(),
      ]
      // Potentials 0.5, 1, 0.25, 1, 2.5, 0.
      t.deepEqual(fire('zero'), [0, 1, 0, 1, 1, 0])
      // Potentials 0.5, 1, −0.25, 0.75, 2.875, 0.4375.
      t.deepEqual(fire('subtract'), [0, 1, 0, 0, 1, 0])
    })
  }),
)

test.serial(
  'a potential equal to a threshold that float32 rounds down fires',
  leavesNoTensors(t => {
    const current = tf.tensor2d([[0.7]])
    const options = { decay: 0.5, threshold: 0.7, reset: 'zero' } as const
    const spikes = leakyIntegrateAndFire(current, options, 'atan')
    t.is(spikes.dataSync()[0], 1)
    tf.dispose([current, spikes])
  }),
)

test.serial('the reference backend fires and differentiates alike', async t => {
  const run = () => {
    let numbers: number[] = []
    tf.tidy(() => {
      const current = normalTensor([2, 6, 3], 'current')
      const fire = (x: tf.Tensor) =>
        leakyIntegrateAndFire(x, { decay: 0.9, threshold: 0.5, reset: 'subtract' }, 'triangular')
      numbers = [fire(current), tf.grad(fire)(current)].flatMap(x => [...x.dataSync()])
    })
    return numbers
  }
  t.deepEqual(run(), await withReference(run))
})

test.serial(
  'what is no current, decay or threshold is refused',
  leavesNoTensors(t => {
    const current = tf.zeros([2, 3])
    const vector = tf.zeros([3])
    const refused = (x: tf.Tensor, options: Partial<FiringOptions>, message: string) => {
      const all = { decay: 0.5, threshold: 1, reset: 'zero', ...options } as const
      t.throws(() => leakyIntegrateAndFire(x, all, 'atan'), { instanceOf: RangeError, message })
    }
    refused(vector, {}, 'invalid current: [3]; expected [rows, steps, ...shape]')
    refused(current, { decay: 1.5 }, 'invalid decay: 1.5; expected a number from 0 to 1')
    refused(current, { threshold: 0 }, 'invalid threshold: 0; expected a positive number')
    tf.dispose([current, vector])
  }),
)
