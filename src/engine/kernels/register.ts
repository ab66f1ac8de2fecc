import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm'
import { tf } from '../tf.ts'

/** One call of a kernel: its operands as tensors, its attributes and, if there is one, the kernel it replaces. */
export interface KernelCall<Attributes> {
  /** Owned by the caller; a view of one that is only a handle is disposed of after the call. */
  readonly inputs: Readonly<Record<string, tf.Tensor>>
  readonly attributes: Attributes
  readonly backend: BackendWasm
  /** Runs the kernel as TensorFlow.js ships it; the result belongs to the enclosing `tidy`. */
  readonly stock: (
    inputs: Readonly<Record<string, tf.Tensor>>,
    attributes?: Partial<Attributes>,
  ) => tf.Tensor
}

/**
 * Adds a kernel to the wasm backend, or puts it in the place of the one that is there.
 *
 * `compute` may use any operation but must not run the kernel itself; all it makes is disposed of
 * after the call, save the tensor it returns. Must be called before the backend starts: a replaced
 * kernel's `setupFunc` (kept here) binds its C function at that moment.
 */
export function registerWasmKernel<Attributes extends object>(
  kernelName: string,
  compute: (call: KernelCall<Attributes>) => tf.Tensor,
): void {
  const replaced = tf.getKernel(kernelName, 'wasm')
  if (replaced) tf.unregisterKernel(kernelName, 'wasm')
  tf.registerKernel({
    kernelName,
    backendName: 'wasm',
    ...(replaced?.setupFunc && { setupFunc: replaced.setupFunc }),
    ...(replaced?.disposeFunc && { disposeFunc: replaced.disposeFunc }),
    kernelFunc: ({ inputs, attrs = {}, backend }) =>
      tf.tidy(() =>
        compute({
          inputs: asTensors(inputs, backend as tf.KernelBackend),
          attributes: attrs as unknown as Attributes,
          backend: backend as BackendWasm,
          stock(given, attributes = {}) {
            if (!replaced) throw new Error(`wasm has no kernel ${kernelName} of its own`)
            const all = { ...attrs, ...attributes } as tf.NamedAttrMap
            const result = replaced.kernelFunc({ inputs: { ...given }, attrs: all, backend })
            return tf.engine().makeTensorFromTensorInfo(result as tf.TensorInfo)
          },
        }),
      ),
  })
}

function asTensors(
  inputs: tf.NamedTensorInfoMap,
  backend: tf.KernelBackend,
): Record<string, tf.Tensor> {
  const tensors: Record<string, tf.Tensor> = {}
  for (const [name, info] of Object.entries(inputs)) {
    if (info !== undefined) tensors[name] = asTensor(info, backend)
  }
  return tensors
}

function asTensor(info: tf.TensorInfo, backend: tf.KernelBackend): tf.Tensor {
  if (info instanceof tf.Tensor) return info
  // A second owner of the same data: without it the end of the tidy would free the caller's.
  backend.incRef(info.dataId)
  return tf.engine().makeTensorFromTensorInfo(info)
}
