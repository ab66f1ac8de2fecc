import { tf } from '../tf.ts'
import { registerAvgPoolGrad } from './avg-pool-grad.ts'
import { registerMatMul } from './batch-mat-mul.ts'
import { registerConv2dBackpropFilter } from './conv2d-backprop-filter.ts'
import { registerConv2dBackpropInput } from './conv2d-backprop-input.ts'
import { registerGather } from './gather.ts'
import { registerMaxPoolGrad } from './max-pool-grad.ts'
import { registerNonFloatKernels } from './non-float.ts'
import { registerOneHot } from './one-hot.ts'
import { registerSign } from './sign.ts'
import { registerSum } from './sum.ts'
import { registerTile } from './tile.ts'
import { registerUnsortedSegmentSum } from './unsorted-segment-sum.ts'

/**
 * Kernels of the wasm backend 4.22 that give wrong numbers without an error (their searches for a maximum
 * start at the smallest positive number, as in `max-pool-grad.ts`; the last one is off altogether) and
 * that nothing here needs: without them the operation fails and says so.
 */
const withdrawn = [
  ...['Dilation2D', 'Dilation2DBackpropFilter', 'Dilation2DBackpropInput'],
  ...['MaxPool3D', 'MaxPool3DGrad', 'MaxPoolWithArgmax'],
  'Conv3DBackpropInputV2',
]

/** Adds the kernels that training needs to the wasm backend and repairs its wrong or slow ones; call it before the backend starts. */
export function registerWasmKernels(): void {
  registerMatMul()
  registerConv2dBackpropFilter()
  registerConv2dBackpropInput()
  registerMaxPoolGrad()
  registerAvgPoolGrad()
  registerUnsortedSegmentSum()
  registerSign()
  registerSum()
  registerOneHot()
  registerGather()
  registerTile()
  registerNonFloatKernels()
  for (const kernelName of withdrawn) {
    if (tf.getKernel(kernelName, 'wasm')) tf.unregisterKernel(kernelName, 'wasm')
  }
}
