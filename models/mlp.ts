import { tf } from '../src/engine/tf.ts'
import { type ActivationName, activation } from './activation.ts'
import { dense } from './affine.ts'
import { chain } from './chain.ts'
import type { ImageShape } from './input.ts'
import type { Network } from './network.ts'

export interface MlpOptions {
  /** Widths of the hidden layers, e.g. `[128, 64]`. */
  readonly hidden: readonly number[]
  readonly activation: ActivationName
}

/** Multilayer perceptron over the flattened image. */
export function mlp(inputShape: ImageShape, classes: number, options: MlpOptions): Network {
  const f = activation(options.activation)
  const inputs = inputShape[0] * inputShape[1] * inputShape[2]
  const widths = [inputs, ...options.hidden, classes]
  const last = widths.length - 2
  return chain(
    inputShape,
    x => tf.reshape(x, [-1, inputs]),
    widths.slice(1).map((outputs, index) => ({
      name: `dense${index + 1}`,
      affine: dense(`dense${index + 1}`, widths[index]!, outputs),
      after: v => [index === last ? v : f(v)],
    })),
  )
}
