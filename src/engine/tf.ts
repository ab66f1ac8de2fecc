/**
 * The one place that loads TensorFlow.js: everything else writes `import { tf } from '…/engine/tf.ts'`.
 *
 * Loading it starts nothing. The backends that TensorFlow.js brings along and would choose by itself (the plain
 * JavaScript one, in browsers also webgl) are taken out of its registry here, so that an operation before
 * `startEngine` fails at once with "No backend found in registry" instead of running on one nobody asked for.
 */
import { createRequire } from 'node:module'
import util from 'node:util'
import type * as library from '@tensorflow/tfjs'

// An import would search megabytes of CommonJS for the names it exports: 0.6 instead of 0.2 seconds.
export const tf: typeof library = createRequire(import.meta.url)('@tensorflow/tfjs')

/** The types of TensorFlow.js that Gauntlet names. */
export declare namespace tf {
  type Rank = library.Rank
  type DataType = library.DataType
  type Tensor<R extends Rank = Rank> = library.Tensor<R>
  type Scalar = library.Scalar
  type Tensor1D = library.Tensor1D
  type Tensor2D = library.Tensor2D
  type Tensor3D = library.Tensor3D
  type Tensor4D = library.Tensor4D
  type TensorInfo = library.TensorInfo
  type TensorContainer = library.TensorContainer
  type TensorContainerObject = library.TensorContainerObject
  type TensorContainerArray = library.TensorContainerArray
  type NamedTensorMap = library.NamedTensorMap
  type NamedTensorInfoMap = library.NamedTensorInfoMap
  type NamedAttrMap = library.NamedAttrMap
  type GradSaveFunc = library.GradSaveFunc
  type KernelBackend = library.KernelBackend

  namespace backend_util {
    type Conv2DInfo = library.backend_util.Conv2DInfo
    type ExplicitPadding = library.backend_util.ExplicitPadding
  }

  namespace io {
    type ModelArtifacts = library.io.ModelArtifacts
    type ModelJSON = library.io.ModelJSON
  }
}

// tfjs-node 4.22 calls these two, which Node 23 removed or deprecated with a warning.
Object.assign(util, {
  isNullOrUndefined: (value: unknown): boolean => value === null || value === undefined,
  isArray: Array.isArray,
})

// Silences the start-up banners and the notes about replaced kernels; it changes no arithmetic.
tf.enableProdMode()

/** Makes the plain JavaScript backend, which `withReference` alone may start. */
export const referenceBackendFactory: () => tf.KernelBackend | Promise<tf.KernelBackend> =
  tf.findBackendFactory('cpu')

for (const name of Object.keys(tf.engine().registryFactory)) tf.removeBackend(name)
