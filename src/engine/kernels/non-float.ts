import { tf } from '../tf.ts'
import { registerWasmKernel } from './register.ts'

/**
 * Repairs five kernels that the wasm backend 4.22 gets wrong, silently, for types other than float32.
 *
 * `cast` to bool keeps the low byte (0.5 becomes false, 256 becomes false); `clipByValue` of int32,
 * `stridedSlice` of int32 or bool and `where` and `reverse` of bool read or write their operands as
 * float32, the last two beyond their memory. They go through float32: exact for integers up to 2²⁴.
 */
export function registerNonFloatKernels(): void {
  registerWasmKernel<{ readonly dtype: tf.DataType }>('Cast', ({ inputs, attributes, stock }) => {
    const x = inputs.x!
    if (attributes.dtype !== 'bool' || (x.dtype !== 'float32' && x.dtype !== 'int32')) {
      return stock(inputs)
    }
    return tf.notEqual(x, tf.scalar(0, x.dtype))
  })
  throughFloat('ClipByValue', ['x'], ['int32'])
  throughFloat('StridedSlice', ['x'], ['int32', 'bool'])
  throughFloat('Select', ['t', 'e'], ['bool'])
  throughFloat('Reverse', ['x'], ['bool'])
}

/** Has a kernel compute in float32 where the first of these operands has one of these types. */
function throughFloat(
  kernelName: string,
  operands: readonly [string, ...string[]],
  types: readonly tf.DataType[],
): void {
  registerWasmKernel(kernelName, ({ inputs, stock }) => {
    const { dtype } = inputs[operands[0]]!
    if (!types.includes(dtype)) return stock(inputs)
    const floats = operands.map(name => [name, tf.cast(inputs[name]!, 'float32')] as const)
    return tf.cast(stock({ ...inputs, ...Object.fromEntries(floats) }), dtype)
  })
}
