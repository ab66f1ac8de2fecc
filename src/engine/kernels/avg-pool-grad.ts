import { tf } from '../tf.ts'
import { type PoolAttributes, poolGeometry } from './pool-geometry.ts'
import { registerWasmKernel } from './register.ts'

/**
 * Replaces the gradient of average pooling: TensorFlow.js 4.22 divides it by the whole window although
 * the forward pass divides by the part of the window inside the image.
 *
 * One pass over the windows in the backend's memory: half the stock kernel's time for windows of 2.
 *
 * Shapes: dy `[batch, outHeight, outWidth, channels]`, input and result `[batch, height, width, channels]`.
 */
export function registerAvgPoolGrad(): void {
  registerWasmKernel<PoolAttributes>('AvgPoolGrad', ({ inputs, attributes, backend }) => {
    const { dy, input } = inputs as { dy: tf.Tensor4D; input: tf.Tensor4D }
    const g = poolGeometry(input.shape, attributes)
    const output = backend.makeOutput(input.shape, 'float32')
    const gradient = backend.typedArrayFromHeap(output)
    const d = backend.typedArrayFromHeap(dy)
    const { channels, inWidth } = g
    gradient.fill(0)
    let window = 0
    for (const image of g.images) {
      for (const [top, bottom] of g.rows) {
        for (const [left, right] of g.columns) {
          const share = 1 / ((bottom - top) * (right - left))
          for (let row = top; row < bottom; row++) {
            for (let column = left; column < right; column++) {
              const pixel = image + (row * inWidth + column) * channels
              for (let c = 0; c < channels; c++) gradient[pixel + c]! += d[window + c]! * share
            }
          }
          window += channels
        }
      }
    }
    return tf.engine().makeTensorFromTensorInfo(output)
  })
}
