import type { tf } from '../src/engine/tf.ts'

/** Trainable tensors by name, e.g. `conv1/weight`; owned by whoever made them. */
export type Parameters = Readonly<Record<string, tf.Tensor>>

/** A trainable tensor before it has values. */
export interface ParameterSpec {
  readonly name: string
  readonly shape: readonly number[]
  /** Inputs that each output sums over; 0 for a bias, which starts at zero. */
  readonly fanIn: number
}

/** An affine map with parameters, and everything without parameters that follows it. */
export interface Site {
  readonly name: string
  readonly index: number
  readonly kind: 'dense' | 'convolution'
  /** Names of its parameters. */
  readonly parameters: readonly string[]
  /** Shape of one example's pre-activation. */
  readonly shape: readonly number[]
}

/** Where the pass through a network stands at one site. Its tensors belong to the caller. */
export interface Prefix {
  readonly site: Site
  /** What enters the site first, then what is carried past it (skip connections), batch first. */
  readonly state: readonly tf.Tensor[]
  /** The site's affine map of `state[0]`, `[batch, ...site.shape]`. */
  readonly preactivation: tf.Tensor
}

/**
 * A network as a chain of sites. It holds no values: every method takes the parameters, so one
 * network serves every arm. Returned tensors belong to the caller.
 *
 * @see likelihood-ratio method: arXiv 2305.08960
 */
export interface Network {
  readonly inputShape: readonly [height: number, width: number, channels: number]
  readonly classes: number
  readonly parameters: readonly ParameterSpec[]
  readonly sites: readonly Site[]

  /** Class scores `[batch, classes]` of images `[batch, height, width, channels]`. */
  logits(parameters: Parameters, x: tf.Tensor): tf.Tensor2D

  /** The prefix of the first site. */
  enter(parameters: Parameters, x: tf.Tensor): Prefix

  /** The prefix of the site after the given one. */
  advance(parameters: Parameters, prefix: Prefix): Prefix

  /**
   * The affine map of the prefix's site with other parameters, `[batch, ...site.shape]`. It is
   * linear in them: parameters `θ + E` give the pre-activation plus the map with `E`.
   */
  affine(parameters: Parameters, prefix: Prefix): tf.Tensor

  /**
   * Class scores when `perturbation` is added to the pre-activation of the prefix's site; only what
   * follows the site is computed.
   *
   * @param perturbation `[copies, batch, ...site.shape]`
   * @returns `[copies · batch, classes]`, copy by copy
   */
  resume(parameters: Parameters, prefix: Prefix, perturbation: tf.Tensor): tf.Tensor2D

  /**
   * Gradient of the site's parameters from the gradient `delta` of its pre-activation: the
   * transposed affine map in closed form, no autodiff.
   *
   * @param delta `[batch, ...site.shape]`
   */
  localGradient(prefix: Prefix, delta: tf.Tensor): Record<string, tf.Tensor>
}
