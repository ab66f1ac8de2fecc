import test from 'ava'
import { sigmoid, tanh } from '../../src/engine/kernels/squash.ts'
import { recurrentStates } from '../../src/engine/recurrent.ts'
import { tf } from '../../src/engine/tf.ts'
import { distance, leavesNoTensors, normalTensor, useEngine } from '../with-engine.ts'

useEngine()

// Cells, padding and gradients: test/models/recurrent.test.ts.

test('tanh and sigmoid are closer than float32 rounds, saturate and keep NaN', t => {
  for (let v = -20; v <= 20; v += 0.001) {
    t.true(Math.abs(tanh(v) - Math.tanh(v)) < 4e-8, `tanh ${v}`)
    t.true(Math.abs(sigmoid(v) - 1 / (1 + Math.exp(-v))) < 2e-8, `sigmoid ${v}`)
  }
  t.is(Math.fround(tanh(Number.POSITIVE_INFINITY)), 1)
  t.is(Math.fround(tanh(Number.NEGATIVE_INFINITY)), -1)
  t.is(tanh(0), 0)
  t.is(tanh(Number.NaN), Number.NaN)
  t.is(sigmoid(Number.NaN), Number.NaN)
})

test.serial(
  'a single step is the function of its pre-activation, and NaN is not hidden',
  leavesNoTensors(t => {
    tf.tidy(() => {
      const v = normalTensor([3, 1, 4], 'v')
      const weight = normalTensor([4, 4], 'weight')
      const mask = tf.ones([3, 1])
      for (const [activation, f] of [
        ['tanh', tf.tanh],
        ['relu', tf.relu],
        ['sigmoid', tf.sigmoid],
        ['threshold', tf.step],
      ] as const) {
        const last = (values: tf.Tensor) =>
          recurrentStates({ v: values, weight, mask }, { cell: 'elman', activation, last: true })
            .states
        t.true(distance(last(v), tf.reshape(f(v) as tf.Tensor, [3, 4])) < 1e-7, activation)
        const spoilt = last(tf.mul(v, Number.NaN)).dataSync()
        t.true(spoilt.every(Number.isNaN), activation)
      }
    })
  }),
)

test.serial(
  'operands that do not fit are refused',
  leavesNoTensors(t => {
    const [v, weight, mask] = [tf.zeros([2, 3, 8]), tf.zeros([4, 12]), tf.zeros([2, 3])]
    const attributes = { activation: 'tanh', last: true } as const
    const refused = (operands: Parameters<typeof recurrentStates>[0], message: string) =>
      t.throws(() => recurrentStates(operands, { cell: 'gru', ...attributes }), {
        instanceOf: RangeError,
        message,
      })
    refused({ v, weight, mask }, 'invalid pre-activation: [2,3,8]; expected [rows, steps, 12]')
    refused({ v, weight: v, mask }, 'invalid weight: [2,3,8]; expected [hidden, 3 · hidden]')
    const right = tf.zeros([2, 3, 12])
    refused({ v: right, weight, mask: weight }, 'invalid mask: [4,12]; expected [2,3]')
    tf.dispose([v, weight, mask, right])
  }),
)
