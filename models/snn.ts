import { tf } from '../src/engine/tf.ts'
import { dense } from './affine.ts'
import type { ImageShape } from './input.ts'
import type { Network } from './network.ts'
import { type SpikingOptions, spikingNetwork } from './spiking-network.ts'

export interface SnnOptions extends SpikingOptions {
  /** Widths of the spiking layers, e.g. `[128, 64]`. */
  readonly hidden: readonly number[]
}

/** Dense layers of leaky integrate-and-fire neurons over the flattened image. */
export function snn(inputShape: ImageShape, classes: number, options: SnnOptions): Network {
  const inputs = inputShape[0] * inputShape[1] * inputShape[2]
  const widths = [inputs, ...options.hidden, classes]
  const layers = widths.slice(1).map((outputs, index) => {
    const name = `dense${index + 1}`
    return { name, affine: dense(name, widths[index]!, outputs) }
  })
  return spikingNetwork(
    {
      inputShape,
      prepare: x => tf.reshape(x, [-1, inputs]),
      layers: layers.slice(0, -1),
      last: layers.at(-1)!,
    },
    options,
  )
}
