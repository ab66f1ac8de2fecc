import { tf } from '../../engine/tf.ts'
import { crossEntropy } from '../loss.ts'
import type { Estimator } from './estimator.ts'

/** Backpropagation of the mean cross-entropy through the clean network. */
export const backprop: Estimator = {
  estimate(network, parameters, batch) {
    const names = network.parameters.map(spec => spec.name)
    const { value, grads } = tf.valueAndGrads((...values: tf.Tensor[]) => {
      const given = Object.fromEntries(names.map((name, index) => [name, values[index]!]))
      return tf.mean(crossEntropy(network.logits(given, batch.x), batch.labels)) as tf.Scalar
    })(names.map(name => parameters[name]!))
    return {
      loss: value as tf.Scalar,
      gradients: Object.fromEntries(names.map((name, index) => [name, grads[index]!])),
      forwards: 1,
    }
  },
}
