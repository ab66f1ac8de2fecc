import { tf } from '../tf.ts'
import { registerWasmKernel } from './register.ts'

/**
 * Repairs `sign`: the wasm backend 4.22 gives 0 for numbers closer to zero than about 1e-7, as gradients
 * of a confident model are. Zero and NaN give 0.
 *
 * Shapes: x and result `[...shape]`.
 */
export function registerSign(): void {
  registerWasmKernel('Sign', ({ inputs }) => {
    const x = inputs.x as tf.Tensor
    return tf.tidy(() =>
      tf.sub(tf.cast(tf.greater(x, 0), 'float32'), tf.cast(tf.less(x, 0), 'float32')),
    )
  })
}
