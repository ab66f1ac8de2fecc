import type { SparsePattern } from '../sparse-pattern.ts'
import { tf } from '../tf.ts'
import { definePlainKernel } from './plain-kernel.ts'
import { sparseProduct } from './sparse-product.ts'

export interface EdgeSoftmaxAttributes {
  readonly pattern: SparsePattern
  /** Of the leaky rectifier below zero. */
  readonly slope: number
}

/**
 * The softmax, over the entries of each row i of a pattern, of the leaky rectifier of receiver i + sender j.
 *
 * Shapes: receiver `[copies, rows, heads]`, sender `[copies, columns, heads]`, result
 * `[copies, entries, heads]`.
 */
export const edgeSoftmax = definePlainKernel<'receiver' | 'sender', EdgeSoftmaxAttributes>(
  'EdgeSoftmax',
  {
    inputs: ['receiver', 'sender'],
    shapeOf: ({ receiver }, { pattern }) => entryShape(receiver.shape, pattern),
    compute(result, { receiver, sender }, { pattern, slope }) {
      const { rows, columns, indptr, indices } = pattern
      const [copies, , heads] = receiver.shape as [number, number, number]
      const [r, s] = [receiver.values, sender.values]
      for (let copy = 0; copy < copies; copy++) {
        const block = copy * indices.length
        for (let row = 0; row < rows; row++) {
          const [from, to] = [indptr[row]!, indptr[row + 1]!]
          for (let head = 0; head < heads; head++) {
            const own = r[(copy * rows + row) * heads + head]!
            let largest = Number.NEGATIVE_INFINITY
            for (let entry = from; entry < to; entry++) {
              const x = own + s[(copy * columns + indices[entry]!) * heads + head]!
              const score = x > 0 ? x : slope * x
              if (score > largest) largest = score
              result[(block + entry) * heads + head] = score
            }
            let sum = 0
            for (let entry = from; entry < to; entry++) {
              const at = (block + entry) * heads + head
              const power = Math.exp(result[at]! - largest)
              sum += power
              result[at] = power
            }
            for (let entry = from; entry < to; entry++)
              result[(block + entry) * heads + head]! /= sum
          }
        }
      }
    },
    savesResult: true,
    gradient(dy, { receiver, sender, result }, { pattern, slope }) {
      const sums = gradientBySum({ dy, receiver, sender, softmax: result! }, { pattern, slope })
      const added = (to: tf.Tensor, over: tf.Tensor, transpose: boolean) => {
        const ones = tf.ones([...over.shape, 1])
        const product = sparseProduct({ weights: sums, dense: ones }, { pattern, transpose })
        return tf.reshape(product, to.shape)
      }
      return {
        receiver: () => added(receiver, sender, false),
        sender: () => added(sender, receiver, true),
      }
    },
  },
)

/**
 * The gradient by every sum of a receiver and a sender, before the leaky rectifier.
 *
 * Shapes: dy, softmax and result `[copies, entries, heads]`, receiver and sender as above.
 */
const gradientBySum = definePlainKernel<
  'dy' | 'receiver' | 'sender' | 'softmax',
  EdgeSoftmaxAttributes
>('EdgeSoftmaxGrad', {
  inputs: ['dy', 'receiver', 'sender', 'softmax'],
  shapeOf: ({ receiver }, { pattern }) => entryShape(receiver.shape, pattern),
  compute(result, { dy, receiver, sender, softmax }, { pattern, slope }) {
    const { rows, columns, indptr, indices } = pattern
    const [copies, , heads] = receiver.shape as [number, number, number]
    const [d, r, s, a] = [dy.values, receiver.values, sender.values, softmax.values]
    for (let copy = 0; copy < copies; copy++) {
      const block = copy * indices.length
      for (let row = 0; row < rows; row++) {
        const [from, to] = [indptr[row]!, indptr[row + 1]!]
        for (let head = 0; head < heads; head++) {
          const own = r[(copy * rows + row) * heads + head]!
          let mean = 0
          for (let entry = from; entry < to; entry++) {
            const at = (block + entry) * heads + head
            mean += a[at]! * d[at]!
          }
          for (let entry = from; entry < to; entry++) {
            const at = (block + entry) * heads + head
            const x = own + s[(copy * columns + indices[entry]!) * heads + head]!
            result[at] = a[at]! * (d[at]! - mean) * (x > 0 ? 1 : slope)
          }
        }
      }
    }
  },
})

function entryShape(shape: readonly number[], { indices }: SparsePattern): number[] {
  const [copies, , heads] = shape as [number, number, number]
  return [copies, indices.length, heads]
}
