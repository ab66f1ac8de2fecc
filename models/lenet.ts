import { tf } from '../src/engine/tf.ts'
import { type ActivationName, activation } from './activation.ts'
import { convolution, dense } from './affine.ts'
import { chain } from './chain.ts'
import type { ImageShape } from './input.ts'
import type { Network } from './network.ts'

export interface LenetOptions {
  /** Channels of the two convolutions, e.g. `[16, 32]`. */
  readonly channels: readonly [number, number]
  /** Width of the hidden dense layer. */
  readonly hidden: number
  readonly activation: ActivationName
}

/**
 * Two 5x5 convolutions, each followed by a 2x2 max pooling, and two dense layers. On 28x28 images
 * with the default options: 1-16, 16-32, 1568-64, 64-10.
 *
 * @see LeCun et al., "Gradient-based learning applied to document recognition", 1998
 */
export function lenet(inputShape: ImageShape, classes: number, options: LenetOptions): Network {
  const f = activation(options.activation)
  const [height, width] = inputShape
  const [first, second] = options.channels
  const halved: [number, number, number] = [Math.ceil(height / 2), Math.ceil(width / 2), first]
  const flat = Math.ceil(halved[0] / 2) * Math.ceil(halved[1] / 2) * second
  const pool = (v: tf.Tensor) => tf.maxPool(f(v) as tf.Tensor4D, 2, 2, 'same')
  return chain(inputShape, x => tf.clone(x), [
    { name: 'conv1', affine: convolution('conv1', inputShape, first, 5), after: v => [pool(v)] },
    {
      name: 'conv2',
      affine: convolution('conv2', halved, second, 5),
      after: v => [tf.reshape(pool(v), [-1, flat])],
    },
    { name: 'dense1', affine: dense('dense1', flat, options.hidden), after: v => [f(v)] },
    { name: 'dense2', affine: dense('dense2', options.hidden, classes), after: v => [v] },
  ])
}
