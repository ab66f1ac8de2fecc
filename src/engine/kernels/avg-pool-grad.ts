import { tf } from '../tf.ts'
import { registerWasmKernel } from './register.ts'

interface AvgPoolAttributes {
  readonly filterSize: [number, number] | number
  readonly strides: [number, number] | number
  readonly pad: 'valid' | 'same' | number
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil'
}

/**
 * Repairs the gradient of average pooling with padding: TensorFlow.js 4.22 divides it by the whole window
 * although the forward pass divides by the part of the window inside the image. dy is rescaled by the
 * ratio of the two before the kernel runs.
 *
 * Shapes: dy `[batch, outHeight, outWidth, channels]`, input and result `[batch, height, width, channels]`.
 */
export function registerAvgPoolGrad(): void {
  registerWasmKernel<AvgPoolAttributes>('AvgPoolGrad', ({ inputs, attributes, stock }) => {
    const input = inputs.input as tf.Tensor4D
    const g = tf.backend_util.computePool2DInfo(
      input.shape,
      attributes.filterSize,
      attributes.strides,
      1,
      attributes.pad,
      attributes.dimRoundingMode,
    )
    const rows = shareInside(g.inHeight, g.outHeight, g.strideHeight, g.filterHeight, g.padInfo.top)
    const columns = shareInside(g.inWidth, g.outWidth, g.strideWidth, g.filterWidth, g.padInfo.left)
    if (rows.every(share => share === 1) && columns.every(share => share === 1)) {
      return stock(inputs)
    }
    const shares = tf.mul(
      tf.tensor(rows, [g.outHeight, 1, 1]),
      tf.tensor(columns, [1, g.outWidth, 1]),
    )
    return stock({ ...inputs, dy: tf.div(inputs.dy!, shares) })
  })
}

/** For each window along one axis, the share of its pixels that lie inside the image. */
function shareInside(
  size: number,
  windows: number,
  stride: number,
  length: number,
  padding: number,
): number[] {
  return Array.from({ length: windows }, (_, i) => {
    const from = Math.max(i * stride - padding, 0)
    const to = Math.min(i * stride - padding + length, size)
    return (to - from) / length
  })
}
