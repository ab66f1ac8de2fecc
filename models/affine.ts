import { tf } from '../src/engine/tf.ts'
import type { Initial, ParameterSpec, Parameters, Site } from './network.ts'

/** A map that is affine in its parameters (mostly a weight and a bias), and its transposed map. */
export interface Affine {
  readonly kind: Exclude<Site['kind'], 'recurrent'>
  readonly parameters: readonly ParameterSpec[]
  /** Shape of one example's output. */
  readonly shape: readonly number[]
  apply(parameters: Parameters, x: tf.Tensor): tf.Tensor
  /** Gradients of the parameters from the gradient `delta` of the output. */
  localGradient(x: tf.Tensor, delta: tf.Tensor): Record<string, tf.Tensor>
}

/**
 * Dense layer `v = x W + b`; its gradients are `xᵀ δ` and `Σ δ`.
 *
 * @param name prefix of the parameters' names
 * @param inputs length of one example
 */
export function dense(name: string, inputs: number, outputs: number): Affine {
  const weight = `${name}/weight`
  const bias = `${name}/bias`
  return {
    kind: 'dense',
    shape: [outputs],
    parameters: [
      { name: weight, shape: [inputs, outputs], fanIn: inputs },
      { name: bias, shape: [outputs], fanIn: 0 },
    ],
    apply: (parameters, x) =>
      tf.add(tf.matMul(x as tf.Tensor2D, parameters[weight] as tf.Tensor2D), parameters[bias]!),
    localGradient: (x, delta) => ({
      [weight]: tf.matMul(x as tf.Tensor2D, delta as tf.Tensor2D, true),
      [bias]: tf.sum(delta, 0),
    }),
  }
}

/**
 * Dense layer of every step of a sequence, `v_t = x_t W + b`; its gradients are `Σ_t x_tᵀ δ_t` and
 * `Σ_t δ_t`. Shapes: x `[batch, steps, inputs]`, v `[batch, steps, outputs]`.
 *
 * @param initial of weight and bias, where they are not the usual ones
 */
export function denseOverTime(
  name: string,
  [steps, inputs, outputs]: readonly [steps: number, inputs: number, outputs: number],
  initial: { readonly weight?: Initial; readonly bias?: Initial } = {},
): Affine {
  const layer = dense(name, inputs, outputs)
  const [weight, bias] = layer.parameters as [ParameterSpec, ParameterSpec]
  const rows = (x: tf.Tensor, width: number) => tf.reshape(x, [-1, width])
  return {
    kind: 'dense',
    shape: [steps, outputs],
    parameters: [
      { ...weight, ...(initial.weight && { initial: initial.weight }) },
      { ...bias, ...(initial.bias && { initial: initial.bias }) },
    ],
    apply: (parameters, x) =>
      tf.reshape(layer.apply(parameters, rows(x, inputs)), [-1, steps, outputs]),
    localGradient: (x, delta) => layer.localGradient(rows(x, inputs), rows(delta, outputs)),
  }
}

/**
 * Square convolution of stride 1 that keeps height and width; its gradients are the correlation of
 * `x` with `δ`, and `Σ δ`.
 *
 * @param input `[height, width, channels]` of one example
 * @param size side of the kernel
 */
export function convolution(
  name: string,
  input: readonly [number, number, number],
  channels: number,
  size: number,
): Affine {
  const weight = `${name}/weight`
  const bias = `${name}/bias`
  const [height, width, inputs] = input
  const filterShape: [number, number, number, number] = [size, size, inputs, channels]
  return {
    kind: 'convolution',
    shape: [height, width, channels],
    parameters: [
      { name: weight, shape: filterShape, fanIn: size * size * inputs },
      { name: bias, shape: [channels], fanIn: 0 },
    ],
    apply: (parameters, x) =>
      tf.add(
        tf.conv2d(x as tf.Tensor4D, parameters[weight] as tf.Tensor4D, 1, 'same'),
        parameters[bias]!,
      ),
    localGradient: (x, delta) => ({
      [weight]: tf
        .engine()
        .runKernel(
          tf.Conv2DBackpropFilter,
          { x, dy: delta },
          { strides: [1, 1], pad: 'same', dataFormat: 'NHWC', filterShape },
        ) as tf.Tensor,
      [bias]: tf.sum(delta, [0, 1, 2]),
    }),
  }
}
