import { tf } from '../src/engine/tf.ts'
import { type ActivationName, activation } from './activation.ts'
import { convolution, dense } from './affine.ts'
import { chain, type Stage } from './chain.ts'
import type { ImageShape } from './input.ts'
import type { Network } from './network.ts'

export interface ResnetOptions {
  /** Layers with parameters, from 5 to 20. */
  readonly depth: number
  /** Channels of the first third; the second has twice, the last four times as many. */
  readonly width: number
  readonly activation: ActivationName
}

/**
 * Residual network without batch normalisation, which clashes with noise: a 3x3 convolution,
 * residual blocks of two (where the depth is odd, the last is of one), the mean over height and
 * width, one dense layer. With x entering a block and v leaving its last convolution, the block
 * gives
 *
 *     φ((v + x) / √2)
 *
 * so that the scale stays with any depth. Where the blocks get wider, x is pooled by two before
 * the block, and channels of zeros are added to it for the sum.
 *
 * @see He et al., "Deep residual learning for image recognition", 2016 (shortcuts of option A)
 * @see Shao et al., "Is normalization indispensable for training deep neural networks?", 2020
 */
export function resnet(
  inputShape: ImageShape,
  classes: number,
  { depth, width: first, activation: name }: ResnetOptions,
): Network {
  const f = activation(name)
  let [height, width] = inputShape
  const stages: Stage[] = [
    { name: 'conv1', affine: convolution('conv1', inputShape, first, 3), after: v => [f(v)] },
  ]
  const channels = channelsOfBlocks(depth, first)
  for (const [block, outputs] of channels.entries()) {
    const inputs = channels[block - 1] ?? first
    const next = channels[block + 1]
    const leave = (v: tf.Tensor, x: tf.Tensor): tf.Tensor => {
      const sum = f(tf.mul(tf.add(v, widened(x, outputs)), Math.SQRT1_2))
      if (next === undefined) return tf.mean(sum, [1, 2])
      return next === outputs ? sum : tf.maxPool(sum as tf.Tensor4D, 2, 2, 'same')
    }
    const size = Math.min(2, depth - 1 - stages.length)
    for (let at = 0; at < size; at++) {
      const site = `conv${stages.length + 1}`
      const from: [number, number, number] = [height, width, at === 0 ? inputs : outputs]
      stages.push({
        name: site,
        affine: convolution(site, from, outputs, 3),
        readsState: true,
        // Carried past the second convolution; a prefix owns its state, so it gets a copy.
        after: (v, state) =>
          at < size - 1 ? [f(v), tf.clone(state[0]!)] : [leave(v, state.at(-1)!)],
      })
    }
    if (next !== undefined && next !== outputs) {
      height = Math.ceil(height / 2)
      width = Math.ceil(width / 2)
    }
  }
  const affine = dense('dense', channels.at(-1)!, classes)
  stages.push({ name: 'dense', affine, after: v => [v] })
  return chain(inputShape, x => tf.clone(x), stages)
}

/** Width of every residual block, in thirds. */
function channelsOfBlocks(depth: number, first: number): number[] {
  const blocks = Math.ceil((depth - 2) / 2)
  return Array.from({ length: blocks }, (_, at) => first * 2 ** Math.floor((3 * at) / blocks))
}

/** An image with channels of zeros added; a product, since its gradient is fast on every engine. */
function widened(x: tf.Tensor, channels: number): tf.Tensor {
  const [, height, width, own] = x.shape as [number, number, number, number]
  if (own === channels) return x
  const values = new Float32Array(own * channels)
  for (let at = 0; at < own; at++) values[at * channels + at] = 1
  const wider = tf.matMul(tf.reshape(x, [-1, own]), tf.tensor2d(values, [own, channels]))
  return tf.reshape(wider, [-1, height, width, channels])
}
