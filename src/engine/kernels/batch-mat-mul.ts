import { tf } from '../tf.ts'
import { registerWasmKernel } from './register.ts'

interface MatMulAttributes {
  readonly transposeA: boolean
  readonly transposeB: boolean
}

/**
 * Replaces the matrix products of the wasm backend, which take a naive loop when an operand is to be
 * read transposed, as in every dense layer's gradient: transposes it first, 7 times faster at 1568x128x128.
 *
 * Shapes: a `[batch, m, k]`, b `[batch, k, n]` (each pair of axes swapped where it is to be read
 * transposed), result `[batch, m, n]`; batches of 1 broadcast.
 */
export function registerMatMul(): void {
  for (const kernelName of ['BatchMatMul', '_FusedMatMul']) {
    registerWasmKernel<MatMulAttributes>(kernelName, ({ inputs, attributes, stock }) => {
      const { transposeA, transposeB } = attributes
      const a = transposeA ? swapped(inputs.a!) : inputs.a!
      const b = transposeB ? swapped(inputs.b!) : inputs.b!
      return stock({ ...inputs, a, b }, { transposeA: false, transposeB: false })
    })
  }
}

function swapped(matrices: tf.Tensor): tf.Tensor {
  const axes = matrices.shape.map((_, axis) => axis)
  const last = axes.pop()!
  axes.splice(-1, 0, last)
  return tf.transpose(matrices, axes)
}
