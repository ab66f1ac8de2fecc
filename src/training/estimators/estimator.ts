import type { Network, Parameters, Prefix } from '../../../models/network.ts'
import type { tf } from '../../engine/tf.ts'
import type { Stream } from '../../random/stream.ts'

/** What the outputs of a pass are judged by. */
export interface Targets {
  /** One-hot, `[outputs, classes]`. */
  readonly labels: tf.Tensor2D
  /**
   * `[outputs]`: the objective is the sum of weight · loss; when absent each weighs 1 / outputs.
   * Zero for a node of a graph that is not for training.
   */
  readonly weights?: tf.Tensor1D
}

/** What one update is computed from. */
export interface Batch extends Targets {
  /** `[batch, ...inputShape]` of the network. */
  readonly x: tf.Tensor
}

export interface Estimate {
  /** Objective of the unperturbed batch (the mean loss), a scalar; belongs to the caller. */
  readonly loss: tf.Scalar
  /** Gradient of the objective for every parameter; belongs to the caller. */
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

/** A gradient of the objective, estimated: a pure function of its arguments. */
export interface Estimator {
  /** @param noise estimators that inject none never ask it for numbers */
  estimate(network: Network, parameters: Parameters, batch: Batch, noise: Noise): Estimate

  /**
   * Gradient of the objective for the parameters of the prefix's site, by name; it belongs to the
   * caller. Missing where the estimator cannot tell one site from the others.
   */
  readonly siteGradient?: SiteGradient

  /**
   * Start values of what the estimator learns beside the network's parameters, e.g. its noise's
   * standard deviations. They are trained along with these: `estimate` finds them among its
   * parameters and gives their gradients too. They belong to the caller.
   */
  own?(network: Network): Parameters
}

export type SiteGradient = (
  network: Network,
  parameters: Parameters,
  prefix: Prefix,
  targets: Targets,
  noise: Noise,
) => Record<string, tf.Tensor>

/** An estimator that works site by site, so that one site can be measured on its own. */
export interface SiteEstimator extends Estimator {
  readonly siteGradient: SiteGradient
}
