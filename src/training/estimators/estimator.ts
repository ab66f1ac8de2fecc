import type { Network, Parameters, Prefix } from '../../../models/network.ts'
import type { tf } from '../../engine/tf.ts'
import type { Stream } from '../../random/stream.ts'

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

/** Where the noise of one update comes from. */
export interface Noise {
  /** Passes over the training split before this update, fractions included. */
  readonly epoch: number
  /** The update's random numbers of this name, e.g. a site's; other names, independent numbers. */
  stream(...path: readonly (number | string)[]): Stream
}

/** A gradient of the mean loss, estimated: a pure function of its arguments. */
export interface Estimator {
  /** @param noise estimators that inject none never ask it for numbers */
  estimate(network: Network, parameters: Parameters, batch: Batch, noise: Noise): Estimate

  /**
   * Gradient of the mean loss for the parameters of the prefix's site, by name; it belongs to the
   * caller. Missing where the estimator cannot tell one site from the others.
   */
  readonly siteGradient?: SiteGradient
}

export type SiteGradient = (
  network: Network,
  parameters: Parameters,
  prefix: Prefix,
  labels: tf.Tensor2D,
  noise: Noise,
) => Record<string, tf.Tensor>

/** An estimator that works site by site, so that one site can be measured on its own. */
export interface SiteEstimator extends Estimator {
  readonly siteGradient: SiteGradient
}
