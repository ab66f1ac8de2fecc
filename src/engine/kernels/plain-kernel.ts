import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm'
import { tf } from '../tf.ts'

/** An operand as its numbers, row-major; never to be written to. */
export interface Operand {
  readonly values: Float32Array
  readonly shape: readonly number[]
}

/** An operation of our own in plain JavaScript, from float32 operands to one float32 result. */
export interface PlainKernel<Input extends string, Attributes> {
  readonly inputs: readonly Input[]
  shapeOf(inputs: Readonly<Record<Input, tf.TensorInfo>>, attributes: Attributes): number[]
  /** Writes every number of the result, which starts out as whatever the memory held. */
  compute(
    result: Float32Array,
    inputs: Readonly<Record<Input, Operand>>,
    attributes: Attributes,
  ): void
  /** The gradient by each input; only the functions of those that are asked for run. */
  readonly gradient?: (
    dy: tf.Tensor,
    saved: Readonly<Record<Input, tf.Tensor>> & { readonly result?: tf.Tensor },
    attributes: Attributes,
  ) => Readonly<Record<Input, () => tf.Tensor>>
  /** Whether `gradient` needs the result, which is then kept until it has run. */
  readonly savesResult?: boolean
}

/** Runs an operation; the result belongs to the enclosing `tidy` or to the caller. */
export type RunKernel<Input extends string, Attributes> = (
  inputs: Readonly<Record<Input, tf.Tensor>>,
  attributes: Attributes,
) => tf.Tensor

/**
 * Adds an operation that TensorFlow.js does not have to every backend that we run on, with its gradient, and
 * returns the function that runs it.
 *
 * On wasm it computes inside the backend's memory; elsewhere operands are read with `dataSync`.
 */
export function definePlainKernel<Input extends string, Attributes extends object>(
  kernelName: string,
  kernel: PlainKernel<Input, Attributes>,
): RunKernel<Input, Attributes> {
  for (const backendName of ['wasm', 'tensorflow', 'cpu']) {
    const run = backendName === 'wasm' ? onHeap : onArrays
    tf.registerKernel({
      kernelName,
      backendName,
      kernelFunc: ({ inputs, attrs, backend }) =>
        run(kernel, inputs as Infos<Input>, attrs as unknown as Attributes, backend as never),
    })
  }
  registerGradient(kernelName, kernel)
  return (inputs, attributes) =>
    tf.engine().runKernel(kernelName, inputs as tf.NamedTensorMap, attributes as tf.NamedAttrMap)
}

type Infos<Input extends string> = Readonly<Record<Input, tf.TensorInfo>>

function onHeap<Input extends string, Attributes>(
  kernel: PlainKernel<Input, Attributes>,
  inputs: Infos<Input>,
  attributes: Attributes,
  backend: BackendWasm,
): tf.TensorInfo {
  const output = backend.makeOutput(kernel.shapeOf(inputs, attributes), 'float32')
  // Views are taken after the allocation, which may move the memory.
  const read = (info: tf.TensorInfo) => backend.typedArrayFromHeap(info) as Float32Array
  kernel.compute(read(output), operands(kernel, inputs, read), attributes)
  return output
}

function onArrays<Input extends string, Attributes>(
  kernel: PlainKernel<Input, Attributes>,
  inputs: Infos<Input>,
  attributes: Attributes,
  backend: tf.KernelBackend,
): tf.TensorInfo {
  const shape = kernel.shapeOf(inputs, attributes)
  const result = new Float32Array(tf.util.sizeFromShape(shape))
  const read = ({ dataId }: tf.TensorInfo) => backend.readSync(dataId) as Float32Array
  kernel.compute(result, operands(kernel, inputs, read), attributes)
  return tf.tensor(result, shape, 'float32')
}

function operands<Input extends string>(
  { inputs: names }: { readonly inputs: readonly Input[] },
  inputs: Infos<Input>,
  read: (info: tf.TensorInfo) => Float32Array,
): Record<Input, Operand> {
  const named = names.map(name => [name, { values: read(inputs[name]), shape: inputs[name].shape }])
  return Object.fromEntries(named)
}

function registerGradient<Input extends string, Attributes>(
  kernelName: string,
  { inputs, gradient, savesResult = false }: PlainKernel<Input, Attributes>,
): void {
  if (!gradient) return
  const names = [...inputs, 'result']
  tf.registerGradient({
    kernelName,
    inputsToSave: [...inputs],
    outputsToSave: [savesResult],
    gradFunc(dy, tensors, attributes) {
      const saved = Object.fromEntries(tensors.map((tensor, i) => [names[i]!, tensor]))
      return gradient(
        dy as tf.Tensor,
        saved as Record<Input, tf.Tensor>,
        attributes as unknown as Attributes,
      )
    },
  })
}
