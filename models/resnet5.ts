import { tf } from '../src/engine/tf.ts'
import { type ActivationName, activation } from './activation.ts'
import { convolution, dense } from './affine.ts'
import { chain } from './chain.ts'
import type { ImageShape } from './input.ts'
import type { Network } from './network.ts'

export interface Resnet5Options {
  readonly activation: ActivationName
}

/**
 * Four 3x3 convolutions (8, 16, 32, 32 channels), the last with a skip connection around it, and
 * one dense layer: 3-8, 8-16 and pooling by 2, 16-32, 32-32 plus its input and pooling by 4, dense.
 * On 32x32x3 images the dense layer is 512-10. No batch normalisation: it clashes with noise.
 *
 * @see ResNet-5 of arXiv 2305.08960
 */
export function resnet5(inputShape: ImageShape, classes: number, options: Resnet5Options): Network {
  const f = activation(options.activation)
  const [height, width] = inputShape
  const half = (channels: number): [number, number, number] => [
    Math.ceil(height / 2),
    Math.ceil(width / 2),
    channels,
  ]
  const flat = Math.ceil(half(0)[0] / 4) * Math.ceil(half(0)[1] / 4) * 32
  const pool = (v: tf.Tensor, size: number) => tf.maxPool(v as tf.Tensor4D, size, size, 'same')
  return chain(inputShape, x => tf.clone(x), [
    { name: 'conv1', affine: convolution('conv1', inputShape, 8, 3), after: v => [f(v)] },
    {
      name: 'conv2',
      affine: convolution('conv2', [height, width, 8], 16, 3),
      after: v => [pool(f(v), 2)],
    },
    { name: 'conv3', affine: convolution('conv3', half(16), 32, 3), after: v => [f(v)] },
    {
      name: 'conv4',
      affine: convolution('conv4', half(32), 32, 3),
      readsState: true,
      after: (v, [input]) => [tf.reshape(pool(tf.add(f(v), input!), 4), [-1, flat])],
    },
    { name: 'dense', affine: dense('dense', flat, classes), after: v => [v] },
  ])
}
