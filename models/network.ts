import type { tf } from '../src/engine/tf.ts'
import type { Stream } from '../src/random/stream.ts'
import type { Surrogate } from './surrogate.ts'

/** Trainable tensors by name, e.g. `conv1/weight`; owned by whoever made them. */
export type Parameters = Readonly<Record<string, tf.Tensor>>

/** How initial values are drawn. */
export type Initial =
  | {
      /** Normal numbers of this standard deviation … */
      readonly deviation: number
      /** … around this, zero when absent; a list has one for each entry of the last axis. */
      readonly mean?: number | readonly number[]
    }
  /** Square blocks side by side, `[n, blocks · n]`, each a random orthogonal matrix. */
  | 'orthogonal'

/** A trainable tensor before it has values. */
export interface ParameterSpec {
  readonly name: string
  readonly shape: readonly number[]
  /** Inputs that each output sums over; 0 for a bias, which starts at zero. */
  readonly fanIn: number
  /** Its initial values where they are not normal numbers of deviation `√(2 / fanIn)`. */
  readonly initial?: Initial
}

/** An affine map with parameters, and everything without parameters that follows it. */
export interface Site {
  readonly name: string
  readonly index: number
  readonly kind:
    | 'dense'
    | 'convolution'
    | 'embedding'
    | 'recurrent'
    | 'graph-convolution'
    | 'attention'
  /** Names of its parameters. */
  readonly parameters: readonly string[]
  /** Shape of one unit's pre-activation: an example's, or a node's of a graph. */
  readonly shape: readonly number[]
  /**
   * Whether the map also sees what follows from its own pre-activation (a recurrent layer), so that
   * its gradient takes the noise of every copy with that copy's trajectory.
   */
  readonly feedback: boolean
}

/** Where the pass through a network stands at one site. Its tensors belong to the caller. */
export interface Prefix {
  readonly site: Site
  /** What enters the site first, then what is carried past it (skip connections), batch first. */
  readonly state: readonly tf.Tensor[]
  /** The site's affine map of `state[0]`, `[units, ...site.shape]`; of feedback, without it. */
  readonly preactivation: tf.Tensor
}

/** The end of a pass; its tensors belong to the caller. */
export interface Resumed {
  /** `[copies · outputs, classes]`, copy by copy. */
  readonly logits: tf.Tensor2D
  /** What the feedback of each copy saw, `[copies · units, ...]` each; empty where there is none. */
  readonly trajectory: readonly tf.Tensor[]
}

/**
 * A network as a chain of sites. It holds no values: every method takes the parameters, so one
 * network serves every arm. Returned tensors belong to the caller.
 *
 * A *unit* has a pre-activation of its own: an example of a batch, or a node of a graph. An
 * *output* has a label of its own.
 *
 * @see likelihood-ratio method: arXiv 2305.08960
 */
export interface Network {
  /** Shape of what enters without the batch axis; of a graph, all of it. */
  readonly inputShape: readonly number[]
  readonly classes: number
  readonly parameters: readonly ParameterSpec[]
  readonly sites: readonly Site[]

  /** Class scores `[outputs, classes]` of inputs `[batch, ...inputShape]`. */
  logits(parameters: Parameters, x: tf.Tensor): tf.Tensor2D

  /** The prefix of the first site. */
  enter(parameters: Parameters, x: tf.Tensor): Prefix

  /**
   * The prefix of the site after the given one. The prefix may be one of copies, changed by noise:
   * see `copied`.
   */
  advance(parameters: Parameters, prefix: Prefix): Prefix

  /**
   * The affine map of the prefix's site with other parameters, `[units, ...site.shape]`. It is
   * linear in them: parameters `θ + E` give the pre-activation plus the map with `E`. Of a site
   * with feedback, the part without it.
   */
  affine(parameters: Parameters, prefix: Prefix): tf.Tensor

  /**
   * The pass from a site on with `perturbation` added to its pre-activation; only what follows the
   * site is computed.
   *
   * @param perturbation `[copies, units, ...site.shape]`
   */
  resume(parameters: Parameters, prefix: Prefix, perturbation: tf.Tensor): Resumed

  /**
   * What the feedback of the prefix's site sees, `[units, ...]` each; empty where there is none.
   */
  trajectory(parameters: Parameters, prefix: Prefix): readonly tf.Tensor[]

  /** Class scores from the prefix's state on, its site computed anew with these parameters. */
  redo(parameters: Parameters, prefix: Prefix): tf.Tensor2D

  /** The prefix of `copies` equal copies, one after the other. */
  copied(prefix: Prefix, copies: number): Prefix

  /**
   * What the noise at the prefix's site answers for: for every component the sum of the losses
   * that it can reach ("local credit").
   *
   * @param losses `[copies, outputs]`
   * @returns `[copies, units]`, or with some of the axes of `site.shape` behind these
   */
  credit(prefix: Prefix, losses: tf.Tensor2D): tf.Tensor

  /**
   * Gradient of the site's parameters from the gradient `delta` of its pre-activation: the
   * transposed affine map in closed form, no autodiff.
   *
   * @param delta `[units, ...site.shape]`; of a site with feedback `[copies, units, ...site.shape]`
   * @param trajectory of these copies, for a site with feedback
   */
  localGradient(
    prefix: Prefix,
    delta: tf.Tensor,
    trajectory?: readonly tf.Tensor[],
  ): Record<string, tf.Tensor>

  /**
   * The network with another stand-in for the derivative of its spikes when it is differentiated;
   * missing where nothing spikes.
   */
  withSurrogate?(surrogate: Surrogate): Network

  /**
   * The network with its own randomness (dropout, Poisson spikes) drawn, the same in every pass;
   * missing where it has none. Without it, passes are deterministic: dropout is off, spikes are
   * drawn from a fixed seed.
   */
  drawn?(random: (name: string) => Stream): Network
}
