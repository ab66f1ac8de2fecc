import { registerAvgPoolGrad } from './avg-pool-grad.ts'
import { registerMatMul } from './batch-mat-mul.ts'
import { registerConv2dBackpropFilter } from './conv2d-backprop-filter.ts'
import { registerConv2dBackpropInput } from './conv2d-backprop-input.ts'
import { registerGather } from './gather.ts'
import { registerMaxPoolGrad } from './max-pool-grad.ts'
import { registerOneHot } from './one-hot.ts'
import { registerTile } from './tile.ts'
import { registerUnsortedSegmentSum } from './unsorted-segment-sum.ts'

/** Adds the kernels that training needs to the wasm backend and repairs its wrong or slow ones; call it before the backend starts. */
export function registerWasmKernels(): void {
  registerMatMul()
  registerConv2dBackpropFilter()
  registerConv2dBackpropInput()
  registerMaxPoolGrad()
  registerAvgPoolGrad()
  registerUnsortedSegmentSum()
  registerOneHot()
  registerGather()
  registerTile()
}
