import type { Network, Parameters, Prefix, Site } from '../../../models/network.ts'
import type { tf } from '../../engine/tf.ts'

/** What one update is computed from. */
export interface Batch {
  /** `[batch, height, width, channels]` */
  readonly x: tf.Tensor4D
  /** One-hot, `[batch, classes]`. */
  readonly labels: tf.Tensor2D
}

export interface Estimate {
  /** Mean loss of the unperturbed batch, a scalar; belongs to the caller. */
  readonly loss: tf.Scalar
  /** Gradient of the mean loss for every parameter; belongs to the caller. */
  readonly gradients: Record<string, tf.Tensor>
  /** Passes forward over the batch; a pass of one copy from a site on counts as one. */
  readonly forwards: number
}

/**
 * The standard normal noise of one update: values `first, first + 1 …` of the sequence of a site,
 * copy after copy, so that any chunking of the copies draws the same numbers.
 */
export type Noise = (site: Site, out: Float32Array, first: number) => Float32Array

/** A gradient of the mean loss, estimated: a pure function of its arguments. */
export interface Estimator {
  /** @param noise for estimators that inject none, never called */
  estimate(network: Network, parameters: Parameters, batch: Batch, noise: Noise): Estimate
}

/** An estimator that works site by site, so that one site can be measured on its own. */
export interface SiteEstimator extends Estimator {
  /**
   * Gradient of the mean loss with respect to the pre-activation of the prefix's site.
   *
   * @returns `[batch, ...site.shape]`; belongs to the caller
   */
  delta(
    network: Network,
    parameters: Parameters,
    prefix: Prefix,
    labels: tf.Tensor2D,
    noise: Noise,
  ): tf.Tensor
}
