import test from 'ava'
import { graphAttention } from '../../src/engine/graph-attention.ts'
import { withReference } from '../../src/engine/reference.ts'
import { withLoops } from '../../src/engine/sparse.ts'
import { tf } from '../../src/engine/tf.ts'
import { distance, leavesNoTensors, normalTensor, useEngine } from '../with-engine.ts'

useEngine()

const nodes = 5
const pattern = withLoops(nodes, Int32Array.of(0, 1, 1, 2, 2, 3, 1, 3))

/** 0 at every entry of the pattern, −10⁹ elsewhere, `[nodes, nodes]`. */
function mask(): tf.Tensor {
  const values = new Float32Array(nodes * nodes).fill(-1e9)
  for (let row = 0; row < nodes; row++) {
    for (let at = pattern.indptr[row]!; at < pattern.indptr[row + 1]!; at++) {
      values[row * nodes + pattern.indices[at]!] = 0
    }
  }
  return tf.tensor2d(values, [nodes, nodes])
}

/** The same attention over all pairs of nodes. */
function overAllPairs(receiver: tf.Tensor, sender: tf.Tensor, values: tf.Tensor): tf.Tensor {
  const own = tf.expandDims(tf.transpose(receiver, [0, 2, 1]), 3)
  const others = tf.expandDims(tf.transpose(sender, [0, 2, 1]), 2)
  const scores = tf.add(tf.leakyRelu(tf.add(own, others), 0.2), mask())
  const products = tf.matMul(tf.softmax(scores), tf.transpose(values, [0, 2, 1, 3]))
  return tf.transpose(products, [0, 2, 1, 3])
}

const attend = (receiver: tf.Tensor, sender: tf.Tensor, values: tf.Tensor) =>
  graphAttention(pattern, receiver, sender, values)

const inputs = (copies: number, heads: number, width: number) =>
  [
    normalTensor([copies, nodes, heads], 'receiver'),
    normalTensor([copies, nodes, heads], 'sender'),
    normalTensor([copies, nodes, heads, width], 'values'),
  ] as const

for (const [copies, heads, width] of [
  [1, 1, 1],
  [1, 4, 3],
  [3, 2, 8],
] as const) {
  test.serial(
    `${copies} copies, ${heads} heads, width ${width}: value and gradients are those over all pairs`,
    leavesNoTensors(t => {
      tf.tidy(() => {
        const given = inputs(copies, heads, width)
        const dy = normalTensor([copies, nodes, heads, width], 'dy')
        const mean = attend(...given)
        t.deepEqual(mean.shape, [copies, nodes, heads, width])
        t.true(distance(mean, overAllPairs(...given)) < 1e-5)
        const gradients = tf.grads(attend)([...given], dy)
        for (const [i, expected] of tf
          .grads(overAllPairs)([...given], dy)
          .entries()) {
          t.deepEqual(gradients[i]!.shape, expected.shape)
          t.true(distance(gradients[i]!, expected) < 1e-5)
        }
      })
    }),
  )
}

test.serial(
  'scores far beyond the range of exp are no obstacle',
  leavesNoTensors(t => {
    tf.tidy(() => {
      const [, sender, values] = inputs(1, 1, 2)
      for (const size of [-2000, 2000]) {
        const mean = attend(tf.fill([1, nodes, 1], size), sender, values)
        t.true([...mean.dataSync()].every(Number.isFinite))
      }
    })
  }),
)

test.serial('the reference backend attends and differentiates alike', async t => {
  const run = () => {
    let numbers: number[] = []
    tf.tidy(() => {
      const given = inputs(2, 3, 4)
      numbers = [attend(...given), ...tf.grads(attend)([...given])].flatMap(x => [...x.dataSync()])
    })
    return numbers
  }
  t.deepEqual(run(), await withReference(run))
})

test.serial(
  'wrong shapes are refused',
  leavesNoTensors(t => {
    tf.tidy(() => {
      const [receiver, sender, values] = inputs(2, 3, 4)
      const refused = (f: () => tf.Tensor, message: string) =>
        t.throws(f, { instanceOf: RangeError, message })
      refused(
        () => attend(receiver, sender, receiver),
        'invalid values: [2,5,3]; expected [copies, 5, heads, width]',
      )
      refused(
        () => attend(receiver, tf.slice(sender, 0, 1), values),
        'invalid sender: [1,5,3]; expected [2, 5, 3]',
      )
      refused(
        () => graphAttention({ ...pattern, columns: 6 }, receiver, sender, values),
        'invalid graph: [5, 6]; expected [n, n]',
      )
    })
  }),
)
