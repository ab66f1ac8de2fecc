import { tf } from '../src/engine/tf.ts'
import type { Affine } from './affine.ts'

/**
 * The same map at each of `steps` steps: inputs `[rows, steps, ...]`, outputs
 * `[rows, steps, ...affine.shape]`. Time is folded into the rows, so that one product serves all
 * steps, and gradients sum over the steps.
 */
export function eachStep(affine: Affine, steps: number): Affine {
  return {
    ...affine,
    shape: [steps, ...affine.shape],
    apply: (parameters, x) => atEachStep(input => affine.apply(parameters, input), x),
    localGradient: (x, delta) => affine.localGradient(folded(x), folded(delta)),
  }
}

/**
 * The map of an input that stays for `steps` steps: inputs `[rows, ...]`, outputs
 * `[rows, steps, ...affine.shape]`. The map runs once, and its gradient takes the sum of `delta`
 * over the steps.
 */
export function held(affine: Affine, steps: number): Affine {
  const repeated = repeat(steps)
  return {
    ...affine,
    shape: [steps, ...affine.shape],
    apply: (parameters, x) => repeated(affine.apply(parameters, x)),
    localGradient: (x, delta) => affine.localGradient(x, tf.sum(delta, 1)),
  }
}

/**
 * Turns `[rows, ...]` into equal steps `[rows, steps, ...]`. The gradient that TensorFlow.js has of
 * `tile` takes slice after slice, at most of four axes; on wasm each of them reads the whole.
 */
function repeat(steps: number): (x: tf.Tensor) => tf.Tensor {
  return tf.customGrad(given => {
    const x = given as tf.Tensor
    const ones = x.shape.slice(1).map(() => 1)
    return {
      value: tf.tile(tf.expandDims(x, 1), [1, steps, ...ones]),
      gradFunc: (dy: tf.Tensor) => tf.sum(dy, 1),
    }
  }) as (x: tf.Tensor) => tf.Tensor
}

/** A function of what stands at one step, `[rows, ...]`, of all steps of `[rows, steps, ...]`. */
export function atEachStep(f: (x: tf.Tensor) => tf.Tensor, x: tf.Tensor): tf.Tensor {
  const result = f(folded(x))
  return tf.reshape(result, [-1, x.shape[1]!, ...result.shape.slice(1)])
}

/** `[rows, steps, ...]` as `[rows · steps, ...]` */
function folded(x: tf.Tensor): tf.Tensor {
  return tf.reshape(x, [-1, ...x.shape.slice(2)])
}
