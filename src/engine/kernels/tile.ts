import { tf } from '../tf.ts'
import { registerWasmKernel } from './register.ts'

type Values = Float32Array | Int32Array | Uint8Array

/**
 * Replaces `tile`, and with it `broadcastTo`: the wasm backend computes the coordinates of every element,
 * and copying blocks is over 50 times faster. The case that matters is repeating a batch for the copies of
 * a likelihood-ratio estimate.
 *
 * Shapes: x `[a, b, …]`, reps one number an axis, result `[a·reps[0], b·reps[1], …]`.
 */
export function registerTile(): void {
  registerWasmKernel<{ readonly reps: readonly number[] }>(
    'Tile',
    ({ inputs, attributes: { reps }, backend, stock }) => {
      const x = inputs.x!
      if (x.dtype === 'string' || x.dtype === 'complex64') return stock(inputs)
      const shape = x.shape.map((length, axis) => length * reps[axis]!)
      const output = backend.makeOutput(shape, x.dtype)
      const to = backend.typedArrayFromHeap(output)
      tile(to, backend.typedArrayFromHeap(x), x.shape, reps)
      return tf.engine().makeTensorFromTensorInfo(output)
    },
  )
}

/**
 * Repeats the axes one by one, the last first, packed at the end of `to`: a block is always copied
 * towards the front, over blocks that have been copied already.
 */
function tile(to: Values, from: Values, shape: readonly number[], reps: readonly number[]): void {
  if (to.length === 0) return
  let start = to.length - from.length
  to.set(from, start)
  let inner = 1
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    inner *= shape[axis]!
    const times = reps[axis]!
    if (times === 1) continue
    const size = to.length - start
    const wider = to.length - size * times
    for (let block = 0; block < size / inner; block++) {
      const source = start + block * inner
      const target = wider + block * inner * times
      spread(to, source, target, inner, inner * times)
    }
    start = wider
    inner *= times
  }
}

/** Copies `[source, source + inner)` to `target` until `length` values are filled; the two may overlap. */
function spread(to: Values, source: number, target: number, inner: number, length: number): void {
  // A call of copyWithin costs as much as some dozens of assignments.
  if (length < 64) {
    for (let i = 0; i < inner; i++) to[target + i] = to[source + i]!
    for (let i = inner; i < length; i++) to[target + i] = to[target + i - inner]!
    return
  }
  to.copyWithin(target, source, source + inner)
  for (let done = inner; done < length; done *= 2) {
    to.copyWithin(target + done, target, target + Math.min(done, length - done))
  }
}
