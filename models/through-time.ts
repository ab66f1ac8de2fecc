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
  const size = tf.util.sizeFromShape([...affine.shape])
  return {
    ...affine,
    shape: [steps, ...affine.shape],
    apply: (parameters, x) => {
      // Three axes: TensorFlow.js has no gradient of `tile` beyond four.
      const once = tf.reshape(affine.apply(parameters, x), [-1, 1, size])
      return tf.reshape(tf.tile(once, [1, steps, 1]), [-1, steps, ...affine.shape])
    },
    localGradient: (x, delta) => affine.localGradient(x, tf.sum(delta, 1)),
  }
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
