import { tf } from '../tf.ts'
import { registerWasmKernel } from './register.ts'

interface OneHotAttributes {
  readonly dtype: tf.DataType
  readonly onValue: number
  readonly offValue: number
}

/**
 * Repairs `oneHot` with a type other than int32: the wasm backend 4.22 writes integers in any case, so that
 * float32 labels read as zeros of 10⁻⁴⁵ (and bool ones overrun their memory), without an error.
 *
 * Shapes: indices `[...shape]` int32, result `[...shape, depth]`.
 */
export function registerOneHot(): void {
  registerWasmKernel<OneHotAttributes>('OneHot', ({ inputs, attributes, stock }) => {
    const { dtype, onValue, offValue } = attributes
    const members = stock(inputs, { dtype: 'int32', onValue: 1, offValue: 0 })
    if (onValue === 1 && offValue === 0) return tf.cast(members, dtype)
    const scaled = tf.mul(tf.cast(members, 'float32'), onValue - offValue)
    return tf.cast(tf.add(scaled, offValue), dtype)
  })
}
