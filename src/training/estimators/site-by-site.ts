import type { Prefix } from '../../../models/network.ts'
import { tf } from '../../engine/tf.ts'
import { crossEntropy } from '../loss.ts'
import type { SiteEstimator } from './estimator.ts'

/**
 * Makes an estimator out of a rule for the gradient at one site's pre-activation.
 *
 * The clean prefix runs once: the pass moves from site to site, each site's copies start from its
 * pre-activation, and the parameters' gradients follow in closed form.
 *
 * @param forwardsAtSite passes forward that `delta` makes at one site
 */
export function siteBySite(forwardsAtSite: number, delta: SiteEstimator['delta']): SiteEstimator {
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
      const loss = cleanLoss(prefix, batch.labels)
      disposePrefix(prefix)
      return { loss, gradients, forwards: 1 + network.sites.length * forwardsAtSite }
    },
  }
}

/** Frees the tensors of a prefix. */
export function disposePrefix(prefix: Prefix): void {
  tf.dispose([prefix.preactivation, ...prefix.state])
}

/** The last site's pre-activation are the logits. */
function cleanLoss(last: Prefix, labels: tf.Tensor2D): tf.Scalar {
  return tf.tidy(
    () => tf.mean(crossEntropy(last.preactivation as tf.Tensor2D, labels)) as tf.Scalar,
  )
}
