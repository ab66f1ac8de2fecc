import { tf } from '../src/engine/tf.ts'

/** Names of the activations that a network can be built with. */
export const activationNames = ['relu', 'elu', 'tanh', 'sigmoid', 'threshold'] as const

export type ActivationName = (typeof activationNames)[number]

export type Activation = <T extends tf.Tensor>(v: T) => T

const activations: Readonly<Record<ActivationName, Activation>> = {
  relu: v => tf.relu(v),
  elu: v => tf.elu(v),
  tanh: v => tf.tanh(v),
  sigmoid: v => tf.sigmoid(v),
  // Heaviside: 1 above zero, else 0. Its derivative is zero, so backpropagation stops here.
  threshold: v => tf.step(v),
}

/** The element-wise function of this name. */
export function activation(name: ActivationName): Activation {
  return activations[name]
}
