import { tf } from '../tf.ts'
import { registerWasmKernel } from './register.ts'

/**
 * Adds the sum over the rows of each segment, which the wasm backend lacks and the gradient of `gather`
 * (and so of every embedding and every graph's message passing) needs.
 *
 * One pass over the backend's memory: a product with the segments' one-hot matrix would need
 * rows · segments numbers, over 100 MB for a citation graph. Rows with an identifier outside
 * 0…numSegments-1 are dropped, as in TensorFlow.
 *
 * Shapes: x `[...ids, ...rest]`, segmentIds `[...ids]` int32, result `[numSegments, ...rest]`.
 */
export function registerUnsortedSegmentSum(): void {
  registerWasmKernel<{ readonly numSegments: number }>(
    'UnsortedSegmentSum',
    ({ inputs, attributes: { numSegments }, backend }) => {
      const { x, segmentIds } = inputs as { x: tf.Tensor; segmentIds: tf.Tensor }
      const rest = x.shape.slice(segmentIds.rank)
      const output = backend.makeOutput([numSegments, ...rest], x.dtype)
      // Views are taken after the allocation, which may move the memory.
      const sums = backend.typedArrayFromHeap(output)
      const rows = backend.typedArrayFromHeap(x)
      const ids = backend.typedArrayFromHeap(segmentIds)
      const width = rest.reduce((product, length) => product * length, 1)
      sums.fill(0)
      for (const [row, id] of ids.entries()) {
        if (id < 0 || id >= numSegments) continue
        const from = row * width
        const to = id * width
        for (let i = 0; i < width; i++) sums[to + i]! += rows[from + i]!
      }
      return tf.engine().makeTensorFromTensorInfo(output)
    },
  )
}
