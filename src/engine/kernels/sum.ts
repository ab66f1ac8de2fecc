import { tf } from '../tf.ts'
import { registerWasmKernel } from './register.ts'

interface SumAttributes {
  readonly axis: number | readonly number[]
  readonly keepDims: boolean
}

/**
 * Replaces the sum over leading axes, e.g. of a bias's gradient or over noisy copies: the stock kernel
 * transposes its input first. One pass over the backend's memory adds row after row instead.
 *
 * Shapes: x `[...summed, ...kept]`, result `[...kept]`; every other sum is left to the stock kernel.
 */
export function registerSum(): void {
  registerWasmKernel<SumAttributes>('Sum', ({ inputs, attributes, backend, stock }) => {
    const x = inputs.x!
    const axes = tf.util.parseAxisParam(attributes.axis as number | number[], x.shape)
    const leading = axes.toSorted((a, b) => a - b).every((axis, at) => axis === at)
    if (!leading || axes.length === 0 || axes.length >= x.rank || x.dtype !== 'float32') {
      return stock(inputs)
    }
    const kept = x.shape.slice(axes.length)
    const shape = attributes.keepDims ? [...axes.map(() => 1), ...kept] : kept
    const output = backend.makeOutput(shape, 'float32')
    const sum = backend.typedArrayFromHeap(output)
    const values = backend.typedArrayFromHeap(x)
    const length = sum.length
    sum.fill(0)
    for (let row = 0; row < values.length; row += length) {
      for (let at = 0; at < length; at++) sum[at]! += values[row + at]!
    }
    return tf.engine().makeTensorFromTensorInfo(output)
  })
}
