import type { Victim } from '../../attacks/victim.ts'
import type { Network, Parameters } from '../../models/network.ts'
import { tf } from '../engine/tf.ts'

/** A trained network, without noise, as an attack sees it. */
export function networkVictim(network: Network, parameters: Parameters): Victim {
  return {
    classes: network.classes,
    bounds: [0, 1],
    inputShape: network.inputShape,
    capabilities: ['lossGradient'],
    logits: x => network.logits(parameters, x),
    lossGradient(x, loss) {
      let seen: { readonly logits: tf.Tensor2D; readonly losses: tf.Tensor1D } | undefined
      const { value, grad } = tf.valueAndGrad((input: tf.Tensor) => {
        const logits = network.logits(parameters, input)
        const losses = loss(logits)
        seen = { logits: tf.keep(tf.clone(logits)), losses: tf.keep(tf.clone(losses)) }
        return tf.sum(losses) as tf.Scalar
      })(x)
      value.dispose()
      return { gradient: grad, ...seen! }
    },
  }
}
