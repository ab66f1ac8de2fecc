import test from 'ava'
import { startEngine } from '../../src/engine/engine.ts'
import { gradientCases } from '../../src/engine/gradient-cases.ts'
import { checkGradients, spread } from '../../src/engine/gradient-check.ts'
import { tf } from '../../src/engine/tf.ts'

test.before(() => startEngine('wasm'))

test.serial('every gradient that the networks use is right', async t => {
  const before = tf.memory().numTensors
  const checks = await checkGradients()
  t.deepEqual(
    checks.filter(({ ok }) => !ok),
    [],
  )
  t.is(checks.length, gradientCases.length)
  t.is(new Set(checks.map(({ name }) => name)).size, checks.length)
  t.is(tf.memory().numTensors, before)
})

/** x² with a gradient that is off by the factor. */
const square = (factor: number) =>
  tf.customGrad((x, save) => {
    ;(save as tf.GradSaveFunc)([x as tf.Tensor])
    return {
      value: tf.square(x as tf.Tensor),
      gradFunc: (dy: tf.Tensor, [saved]: tf.Tensor[]) => tf.mul(dy, tf.mul(saved!, 2 * factor)),
    }
  })

test.serial('a gradient that is off by one per cent is wrong', async t => {
  const [right, wrong] = await checkGradients([
    { name: 'right', shapes: [[5]], f: square(1) },
    { name: 'wrong', shapes: [[5]], f: square(1.01) },
  ])
  t.true(right!.ok)
  t.false(wrong!.ok)
  t.true(wrong!.error > 0.005 && wrong!.error < 0.02)
})

test.serial('a gradient of NaN is wrong', async t => {
  const [check] = await checkGradients([{ name: 'NaN', shapes: [[5]], f: square(Number.NaN) }])
  t.false(check!.ok)
})

test.serial(
  'an operation that cannot run is wrong, with the reason, and leaks nothing',
  async t => {
    const before = tf.memory().numTensors
    const [check] = await checkGradients([
      { name: 'rfft', shapes: [[4]], f: x => tf.real(tf.spectral.rfft(x!)) },
    ])
    t.false(check!.ok)
    t.regex(check!.failure!, /not registered/)
    t.is(tf.memory().numTensors, before)
  },
)

test('spread keeps its values apart, off zero and in a fixed order', t => {
  for (const size of [1, 5, 180]) {
    const sorted = [...spread(size, 7)].sort((a, b) => a - b)
    for (const [i, value] of sorted.entries()) {
      t.true(Math.abs(value) > 0.99 / size)
      if (i > 0) t.true(value - sorted[i - 1]! > 3.99 / size)
    }
    t.deepEqual(spread(size, 7), spread(size, 7))
  }
  t.notDeepEqual(spread(180, 7), spread(180, 8))
})
