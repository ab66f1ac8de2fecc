import { tf } from '../src/engine/tf.ts'
import { type ActivationName, activation } from './activation.ts'
import { convolution, dense } from './affine.ts'
import { chain, type Stage } from './chain.ts'
import type { ImageShape } from './input.ts'
import type { Network } from './network.ts'

export interface Vgg8Options {
  readonly activation: ActivationName
}

const widths = [16, 32, 64]
const hidden = 256

/**
 * Three pairs of 3x3 convolutions (16, 32, 64 channels), each followed by a 2x2 max pooling, and
 * two dense layers. On 32x32 images the dense layers are 1024-256-10. No batch normalisation: it
 * clashes with noise.
 *
 * @see VGG-8 of arXiv 2305.08960
 */
export function vgg8(inputShape: ImageShape, classes: number, options: Vgg8Options): Network {
  const f = activation(options.activation)
  const stages: Stage[] = []
  let [height, width, channels] = inputShape
  for (const [pair, outputs] of widths.entries()) {
    const [first, second] = [`conv${2 * pair + 1}`, `conv${2 * pair + 2}`]
    const last = pair === widths.length - 1
    const flat = Math.ceil(height / 2) * Math.ceil(width / 2) * outputs
    const pool = (v: tf.Tensor) => tf.maxPool(f(v) as tf.Tensor4D, 2, 2, 'same')
    stages.push(
      {
        name: first,
        affine: convolution(first, [height, width, channels], outputs, 3),
        after: v => [f(v)],
      },
      {
        name: second,
        affine: convolution(second, [height, width, outputs], outputs, 3),
        after: v => [last ? tf.reshape(pool(v), [-1, flat]) : pool(v)],
      },
    )
    height = Math.ceil(height / 2)
    width = Math.ceil(width / 2)
    channels = outputs
  }
  return chain(inputShape, x => tf.clone(x), [
    ...stages,
    {
      name: 'dense1',
      affine: dense('dense1', height * width * channels, hidden),
      after: v => [f(v)],
    },
    { name: 'dense2', affine: dense('dense2', hidden, classes), after: v => [v] },
  ])
}
