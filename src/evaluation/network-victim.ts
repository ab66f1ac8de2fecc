import type { Victim } from '../../attacks/victim.ts'
import type { Network, Parameters } from '../../models/network.ts'
import { tf } from '../engine/tf.ts'
import { crossEntropy } from '../training/loss.ts'

/** A trained network, without noise, as an attack sees it. */
export function networkVictim(network: Network, parameters: Parameters): Victim {
  return {
    classes: network.classes,
    bounds: [0, 1],
    inputShape: network.inputShape,
    capabilities: ['lossGradient'],
    logits: x => network.logits(parameters, x),
    lossGradient(x, labels) {
      let seen: tf.Tensor2D | undefined
      const { value, grad } = tf.valueAndGrad((input: tf.Tensor) => {
        const logits = network.logits(parameters, input)
        seen = tf.keep(tf.clone(logits))
        const oneHot = tf.oneHot(labels, network.classes) as tf.Tensor2D
        return tf.sum(crossEntropy(logits, oneHot)) as tf.Scalar
      })(x)
      value.dispose()
      return { gradient: grad, logits: seen! }
    },
  }
}
