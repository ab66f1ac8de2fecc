import test from 'ava'
import { tf } from '../../src/engine/tf.ts'
import { crossEntropy, type Loss, lossNames, lossOf } from '../../src/training/loss.ts'
import { leavesNoTensors, useEngine } from '../with-engine.ts'

useEngine()

/** Two copies of two examples: right by 2, right by ½, tied with an earlier class, wrong by 3. */
const scores = [
  [3, 1, 0],
  [0, 1, 1.5],
  [2, 0, 2],
  [1, 4, 1],
]
const classes = [
  [1, 0, 0],
  [0, 0, 1],
]

const log = (z: number[], y: number) => Math.log(z.reduce((sum, v) => sum + Math.exp(v - z[y]!), 0))

for (const [name, expected] of [
  ['cross-entropy', scores.map((z, at) => log(z, at % 2 === 0 ? 0 : 2))],
  ['zero-one', [0, 0, 0, 1]],
  ['margin', [0, 0.5, 1, 4]],
] as const) {
  test.serial(
    `${name} of written-out scores, copy by copy`,
    leavesNoTensors(t => {
      const [outputs, labels] = [tf.tensor2d(scores), tf.tensor2d(classes)]
      const losses = lossOf(name)(outputs, labels)
      t.deepEqual(losses.shape, [2, 2])
      losses.dataSync().forEach((value, at) => {
        t.true(Math.abs(value - expected[at]!) < 1e-5, `example ${at}: ${value}`)
      })
      tf.dispose([outputs, labels, losses])
    }),
  )
}

test.serial(
  'of equal scores the first class counts as predicted by the 0-1 loss',
  leavesNoTensors(t => {
    const outputs = tf.tensor2d([[2, 0, 2]])
    for (const [y, expected] of [0, 1, 1].entries()) {
      const labels = tf.tensor2d([[0, 1, 2].map(k => (k === y ? 1 : 0))])
      const loss = lossOf('zero-one')(outputs, labels)
      t.is(loss.dataSync()[0], expected)
      tf.dispose([labels, loss])
    }
    outputs.dispose()
  }),
)

const gradientOf = (loss: Loss) =>
  tf.tidy(() => {
    const gradient = tf.grad(z => tf.sum(loss(z as tf.Tensor2D, tf.tensor2d(classes))))
    return Array.from(gradient(tf.tensor2d(scores)).dataSync())
  })

test.serial('the margin loss pushes the label up and its best rival down, by one', t => {
  t.deepEqual(gradientOf(lossOf('margin')), [0, 0, 0, 0, 1, -1, -1, 0, 1, 0, 1, -1])
})

test.serial('the 0-1 loss has the gradient zero, cross-entropy has not', t => {
  t.true(gradientOf(lossOf('zero-one')).every(value => value === 0))
  t.true(gradientOf(crossEntropy).every(value => value !== 0))
  t.deepEqual(lossNames.map(lossOf).indexOf(crossEntropy), 0)
})
