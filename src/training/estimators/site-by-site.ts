import type { Prefix } from '../../../models/network.ts'
import { tf } from '../../engine/tf.ts'
import type { Loss } from '../loss.ts'
import type { SiteEstimator } from './estimator.ts'

/**
 * Makes an estimator out of a rule for the gradient at one site's pre-activation.
 *
 * The clean prefix runs once: the pass moves from site to site, each site's copies start from its
 * pre-activation, and the parameters' gradients follow in closed form.
 *
 * @param loss of the clean pass, which is reported
 * @param forwardsAtSite passes forward that `delta` makes at one site
 */
export function siteBySite(
  loss: Loss,
  forwardsAtSite: number,
  delta: SiteEstimator['delta'],
): SiteEstimator {
  return {
    delta,
    estimate(network, parameters, batch, noise) {
      const gradients: Record<string, tf.Tensor> = {}
      let prefix = network.enter(parameters, batch.x)
      for (const site of network.sites) {
        const gradient = delta(network, parameters, prefix, batch.labels, noise)
        Object.assign(gradients, network.localGradient(prefix, gradient))
        gradient.dispose()
        if (site.index < network.sites.length - 1) {
          const next = network.advance(parameters, prefix)
          disposePrefix(prefix)
          prefix = next
        }
      }
      const cleanLoss = tf.tidy(() => {
        const logits = network.resume(parameters, prefix, zeroCopy(prefix))
        return tf.mean(loss(logits, batch.labels)) as tf.Scalar
      })
      disposePrefix(prefix)
      return { loss: cleanLoss, gradients, forwards: 1 + network.sites.length * forwardsAtSite }
    },
  }
}

/** Frees the tensors of a prefix. */
export function disposePrefix(prefix: Prefix): void {
  tf.dispose([prefix.preactivation, ...prefix.state])
}

/** A perturbation of one copy that changes nothing. */
export function zeroCopy(prefix: Prefix): tf.Tensor {
  return tf.zeros([1, ...prefix.preactivation.shape])
}
