import { tf } from '../tf.ts'
import { type Conv2dAttributes, conv2dGeometry } from './conv2d-geometry.ts'
import { registerWasmKernel } from './register.ts'

/**
 * Adds the gradient of a convolution with respect to its filter, which the wasm backend lacks.
 *
 * dL/dw[i, j, c, o] = Σₙᵧᵤ x[n, i + s·y, j + s·u, c] · dy[n, y, u, o] is itself a convolution of x, with the
 * channels as its batch and the batch as its channels, by dy dilated by the stride: one call of the
 * optimised forward kernel.
 *
 * Shapes: x `[batch, height, width, in]`, dy `[batch, outHeight, outWidth, out]`,
 * result `[filterHeight, filterWidth, in, out]`.
 */
export function registerConv2dBackpropFilter(): void {
  registerWasmKernel<Conv2dAttributes & { readonly filterShape: Shape4D }>(
    'Conv2DBackpropFilter',
    ({ inputs, attributes }) => {
      const x = inputs.x as tf.Tensor4D
      const dy = inputs.dy as tf.Tensor4D
      const g = conv2dGeometry(x.shape, attributes.filterShape, attributes)
      const images = tf.transpose(covered(x, g), [3, 1, 2, 0])
      const filter = tf.transpose(dy, [1, 2, 0, 3])
      const dilation: [number, number] = [g.strideHeight, g.strideWidth]
      const gradient = tf.conv2d(images, filter, 1, 'valid', 'NHWC', dilation)
      return tf.transpose(gradient, [1, 2, 0, 3])
    },
  )
}

type Shape4D = [number, number, number, number]

/** Pads and crops x to exactly the pixels that the filter's positions cover. */
function covered(x: tf.Tensor4D, g: ReturnType<typeof conv2dGeometry>): tf.Tensor4D {
  const height = (g.outHeight - 1) * g.strideHeight + g.filterHeight
  const width = (g.outWidth - 1) * g.strideWidth + g.filterWidth
  const { top, left } = g.padInfo
  const bottom = Math.max(0, height - g.inHeight - top)
  const right = Math.max(0, width - g.inWidth - left)
  const padded =
    top + left + bottom + right === 0
      ? x
      : tf.pad(x, [
          [0, 0],
          [top, bottom],
          [left, right],
          [0, 0],
        ])
  if (padded.shape[1] === height && padded.shape[2] === width) return padded
  return tf.slice(padded, [0, 0, 0, 0], [-1, height, width, -1])
}
