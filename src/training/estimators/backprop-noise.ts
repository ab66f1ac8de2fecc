import { tf } from '../../engine/tf.ts'
import { crossEntropy, type Loss } from '../loss.ts'
import type { SiteEstimator } from './estimator.ts'
import { siteBySite } from './site-by-site.ts'

export interface BackpropNoiseOptions {
  /** Noisy passes per site and example. */
  readonly copies: number
  /** Standard deviation of the noise on a pre-activation. */
  readonly sigma: number
}

/**
 * Backpropagation through the noise that the likelihood-ratio estimator injects: the pathwise
 * gradient of the very same objective, one noisy site at a time. It is the control that tells the
 * estimator's effect from the noise's.
 */
export function backpropNoise(
  { copies, sigma }: BackpropNoiseOptions,
  loss: Loss = crossEntropy,
): SiteEstimator {
  return siteBySite(loss, copies, (network, parameters, prefix, labels, noise) =>
    tf.tidy(() => {
      const shape = [copies, ...prefix.preactivation.shape]
      const values = noise(prefix.site, new Float32Array(copies * prefix.preactivation.size), 0)
      const perturbation = tf.mul(tf.tensor(values, shape), sigma)
      const gradient = tf.grad(noisy =>
        tf.mean(loss(network.resume(parameters, prefix, noisy), labels)),
      )
      return tf.sum(gradient(perturbation), 0)
    }),
  )
}
