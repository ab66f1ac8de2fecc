import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm'
import { tf } from '../tf.ts'

/** Numbers that a kernel reads and writes, row-major. */
export interface Room {
  readonly shape: readonly number[]
  /** The numbers; to be asked for anew after `product` and `room`, which may move the memory. */
  values(): Float32Array
}

/** What a kernel works with beside its operands. */
export interface Workspace<Input extends string> {
  readonly inputs: Readonly<Record<Input, Room>>
  /** New numbers, all zero. */
  room(shape: readonly number[]): Room
  /** Matrix product of numbers `[m, k]` with an operand `[k, n]`; lost at the next product. */
  product(a: Room, b: Input): Room
}

/** An operation of our own in plain JavaScript that multiplies matrices on the way. */
export interface MatrixKernel<Input extends string, Attributes> {
  readonly inputs: readonly Input[]
  /** The results, all of them from `workspace.room`. */
  compute(workspace: Workspace<Input>, attributes: Attributes): readonly Room[]
}

/**
 * Adds an operation to every backend that we run on and returns the function that runs it. The
 * backend multiplies, the rest is plain JavaScript: on wasm inside the backend's memory, elsewhere
 * on numbers read with `dataSync`.
 *
 * The results belong to the enclosing `tidy` or to the caller. It has no gradient.
 */
export function defineMatrixKernel<Input extends string, Attributes extends object>(
  kernelName: string,
  kernel: MatrixKernel<Input, Attributes>,
): (inputs: Readonly<Record<Input, tf.Tensor>>, attributes: Attributes) => tf.Tensor[] {
  for (const backendName of ['wasm', 'tensorflow', 'cpu']) {
    const memory = backendName === 'wasm' ? onHeap : onArrays
    tf.registerKernel({
      kernelName,
      backendName,
      kernelFunc: ({ inputs, attrs, backend }) =>
        tf.tidy(() => {
          const operands = inputs as Readonly<Record<Input, tf.Tensor>>
          const { read, make, tensorOf, upload } = memory(backend as BackendWasm)
          const named = kernel.inputs.map(name => [name, read(operands[name])])
          let last: tf.Tensor | undefined
          const rooms = kernel.compute(
            {
              inputs: Object.fromEntries(named) as Record<Input, Room>,
              room: make,
              product(a, b) {
                last?.dispose()
                last = tf.tidy(() => tf.matMul(upload(a), operands[b]))
                return read(last)
              },
            },
            attrs as unknown as Attributes,
          )
          return rooms.map(tensorOf)
        }),
    })
  }
  return (inputs, attributes) =>
    tf
      .engine()
      .runKernel(kernelName, inputs as tf.NamedTensorMap, attributes as tf.NamedAttrMap) as never
}

/** How numbers are kept on a backend. */
interface Keeping {
  read(tensor: tf.Tensor): Room
  make(shape: readonly number[]): Room
  tensorOf(room: Room): tf.Tensor
  /** The tensor of a room's numbers now. */
  upload(room: Room): tf.Tensor
}

interface HeapRoom extends Room {
  readonly tensor: tf.Tensor
}

function onHeap(backend: BackendWasm): Keeping {
  const read = (tensor: tf.Tensor): HeapRoom => ({
    shape: tensor.shape,
    values: () => backend.typedArrayFromHeap(tensor) as Float32Array,
    tensor,
  })
  const tensorOf = (room: Room) => (room as HeapRoom).tensor
  return {
    read,
    make(shape) {
      const info = backend.makeOutput([...shape], 'float32')
      const room = read(tf.engine().makeTensorFromTensorInfo(info))
      room.values().fill(0)
      return room
    },
    tensorOf,
    upload: tensorOf,
  }
}

function onArrays(): Keeping {
  const roomOf = (values: Float32Array, shape: readonly number[]): Room => ({
    shape,
    values: () => values,
  })
  const tensorOf = ({ values, shape }: Room) => tf.tensor(values(), [...shape])
  return {
    read: tensor => roomOf(tensor.dataSync() as Float32Array, tensor.shape),
    make: shape => roomOf(new Float32Array(tf.util.sizeFromShape([...shape])), shape),
    tensorOf,
    upload: tensorOf,
  }
}
