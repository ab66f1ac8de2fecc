import { tf } from '../tf.ts'
import { registerWasmKernel } from './register.ts'

/**
 * Repairs the gradient of max pooling, which the wasm backend 4.22 loses for windows without a positive
 * value: its search for the maximum starts at the smallest positive number instead of -∞. Only the place
 * of the maximum matters there, so the input is shifted until its least value is 1.
 *
 * Shapes: dy and output `[batch, outHeight, outWidth, channels]`, input and result `[batch, height, width, channels]`.
 */
export function registerMaxPoolGrad(): void {
  registerWasmKernel('MaxPoolGrad', ({ inputs, stock }) => {
    const input = inputs.input!
    return stock({ ...inputs, input: tf.add(tf.sub(input, tf.min(input)), 1) })
  })
}
