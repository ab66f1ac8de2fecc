import { type Surrogate, withSurrogate } from '../../../models/surrogate.ts'
import { tf } from '../../engine/tf.ts'
import { crossEntropy, type Loss } from '../loss.ts'
import type { Estimator } from './estimator.ts'
import { objective } from './objective.ts'

/**
 * Backpropagation of the objective through the clean network; it draws no noise.
 *
 * @param surrogate stands in for the derivative of spikes, where it is not to be the network's own
 */
export function backprop(loss: Loss = crossEntropy, surrogate?: Surrogate): Estimator {
  return {
    estimate(network, parameters, batch) {
      const differentiable = withSurrogate(network, surrogate)
      const names = network.parameters.map(spec => spec.name)
      const { value, grads } = tf.valueAndGrads((...values: tf.Tensor[]) => {
        const given = Object.fromEntries(names.map((name, index) => [name, values[index]!]))
        return objective(loss, differentiable.logits(given, batch.x), batch)
      })(names.map(name => parameters[name]!))
      return {
        loss: value as tf.Scalar,
        gradients: Object.fromEntries(names.map((name, index) => [name, grads[index]!])),
        forwards: 1,
      }
    },
  }
}
