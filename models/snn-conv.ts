import { tf } from '../src/engine/tf.ts'
import { convolution, dense } from './affine.ts'
import type { ImageShape } from './input.ts'
import type { Network } from './network.ts'
import { type SpikingOptions, spikingNetwork } from './spiking-network.ts'

/** Names of the ways in which spikes are pooled. */
export const spikePoolingNames = ['average', 'max'] as const

export interface SnnConvOptions extends SpikingOptions {
  /** Channels of the two convolutions, e.g. `[8, 16]`. */
  readonly channels: readonly [number, number]
  /** Width of the hidden dense layer. */
  readonly hidden: number
  readonly pooling: (typeof spikePoolingNames)[number]
}

/**
 * The layers of `lenet` with leaky integrate-and-fire neurons: two 5x5 convolutions, each followed
 * by a 2x2 pooling of the spikes, and a dense layer. On 28x28 images with the default options:
 * 1-8, 8-16, 784-64, 64-10.
 */
export function snnConv(inputShape: ImageShape, classes: number, options: SnnConvOptions): Network {
  const [height, width] = inputShape
  const [first, second] = options.channels
  const { hidden } = options
  const halved: [number, number, number] = [Math.ceil(height / 2), Math.ceil(width / 2), first]
  const flat = Math.ceil(halved[0] / 2) * Math.ceil(halved[1] / 2) * second
  const pooled = options.pooling === 'average' ? tf.avgPool : tf.maxPool
  // The mean square of an average of four rare spikes is a quarter of that of a spike.
  const gain = options.pooling === 'average' ? 2 : 1
  const pool = (spikes: tf.Tensor) => pooled(spikes as tf.Tensor4D, 2, 2, 'same')
  return spikingNetwork(
    {
      inputShape,
      prepare: x => tf.clone(x),
      layers: [
        { name: 'conv1', affine: convolution('conv1', inputShape, first, 5), passed: pool },
        {
          name: 'conv2',
          affine: convolution('conv2', halved, second, 5),
          gain,
          passed: spikes => tf.reshape(pool(spikes), [-1, flat]),
        },
        { name: 'dense1', affine: dense('dense1', flat, hidden), gain },
      ],
      last: { name: 'dense2', affine: dense('dense2', hidden, classes) },
    },
    options,
  )
}
