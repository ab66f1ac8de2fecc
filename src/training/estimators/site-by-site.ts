import type { Prefix, Site } from '../../../models/network.ts'
import { tf } from '../../engine/tf.ts'
import type { Loss } from '../loss.ts'
import type { SiteEstimator, SiteGradient } from './estimator.ts'
import { objective } from './objective.ts'

/**
 * Makes an estimator out of a rule for the gradient of one site's parameters.
 *
 * The clean prefix runs once: the pass moves from site to site, and each site's copies start from
 * its pre-activation.
 *
 * @param loss of the clean pass, which is reported
 * @param forwardsAt passes forward that the rule makes at one site
 */
export function siteBySite(
  loss: Loss,
  forwardsAt: (site: Site) => number,
  siteGradient: SiteGradient,
): SiteEstimator {
  return {
    siteGradient,
    estimate(network, parameters, batch, noise) {
      const gradients: Record<string, tf.Tensor> = {}
      let forwards = 1
      let prefix = network.enter(parameters, batch.x)
      for (const site of network.sites) {
        Object.assign(gradients, siteGradient(network, parameters, prefix, batch, noise))
        forwards += forwardsAt(site)
        if (site.index < network.sites.length - 1) {
          const next = network.advance(parameters, prefix)
          disposePrefix(prefix)
          prefix = next
        }
      }
      const cleanLoss = tf.tidy(() => {
        const { logits } = network.resume(parameters, prefix, zeroCopy(prefix))
        return objective(loss, logits, batch)
      })
      disposePrefix(prefix)
      return { loss: cleanLoss, gradients, forwards }
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
