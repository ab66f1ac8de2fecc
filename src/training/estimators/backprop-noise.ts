import { tf } from '../../engine/tf.ts'
import { tidied } from '../../engine/tidied.ts'
import { crossEntropy, type Loss } from '../loss.ts'
import type { SiteEstimator } from './estimator.ts'
import { siteBySite } from './site-by-site.ts'
import { atSite, drawn, type Injection, sigmaAt } from './smoothing.ts'

/**
 * Backpropagation through the noise that the likelihood-ratio estimator injects: the pathwise
 * gradient of the very same objective, one noisy site at a time. It is the control that tells the
 * estimator's effect from the noise's.
 */
export function backpropNoise(options: Injection, loss: Loss = crossEntropy): SiteEstimator {
  const copiesAt = (site: { readonly index: number }) => atSite(options.copies, site)
  return siteBySite(loss, copiesAt, (network, parameters, prefix, labels, noise) =>
    tidied(() => {
      const { site, preactivation } = prefix
      const copies = copiesAt(site)
      const [units = 1] = preactivation.shape
      const extent = { vectors: copies, units, dimensions: preactivation.size / units }
      const draw = drawn(options.noise, site.name, extent, noise)
      const values = draw(new Float32Array(copies * preactivation.size), 0)
      const epsilon = tf.tensor(values, [copies, ...preactivation.shape])
      const perturbation = tf.mul(epsilon, sigmaAt(options, site, noise))
      const gradient = tf.grad(noisy =>
        tf.mean(loss(network.resume(parameters, prefix, noisy), labels)),
      )
      return network.localGradient(prefix, tf.sum(gradient(perturbation), 0))
    }),
  )
}
