import { tf } from '../../engine/tf.ts'
import { crossEntropy, type Loss } from '../loss.ts'
import type { Estimator } from './estimator.ts'

/** Backpropagation of the mean loss through the clean network; it draws no noise. */
export function backprop(loss: Loss = crossEntropy): Estimator {
  return {
    estimate(network, parameters, batch) {
      const names = network.parameters.map(spec => spec.name)
      const { value, grads } = tf.valueAndGrads((...values: tf.Tensor[]) => {
        const given = Object.fromEntries(names.map((name, index) => [name, values[index]!]))
        return tf.mean(loss(network.logits(given, batch.x), batch.labels)) as tf.Scalar
      })(names.map(name => parameters[name]!))
      return {
        loss: value as tf.Scalar,
        gradients: Object.fromEntries(names.map((name, index) => [name, grads[index]!])),
        forwards: 1,
      }
    },
  }
}
