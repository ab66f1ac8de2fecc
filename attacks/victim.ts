import type { Surrogate } from '../src/engine/spiking.ts'
import type { tf } from '../src/engine/tf.ts'

/** What a victim can offer beyond its logits. */
export type Capability = 'lossGradient' | 'surrogates'

/** What an attack raises: one value for each example, `[batch]`, of its logits `[batch, classes]`. */
export type AttackLoss = (logits: tf.Tensor2D) => tf.Tensor1D

/** Loss and its input gradient at a batch; the tensors belong to the caller. */
export interface LossGradient {
  /** Gradient of the *summed* loss, so that no example's depends on the batch; shape of `x`. */
  readonly gradient: tf.Tensor
  /** Each example's loss at `x`, `[batch]`. */
  readonly losses: tf.Tensor1D
  /** Class scores at `x`, `[batch, classes]`. */
  readonly logits: tf.Tensor2D
}

/** All that an attack knows of a model. */
export interface Victim {
  readonly classes: number
  /** Legal range of an input value. */
  readonly bounds: readonly [low: number, high: number]
  /** Shape of one input. */
  readonly inputShape: readonly number[]
  readonly capabilities: readonly Capability[]
  /** Class scores `[batch, classes]`, not probabilities; belong to the caller. */
  logits(x: tf.Tensor): tf.Tensor2D
  /** Value and gradient, with respect to the input, of a loss of the logits. */
  lossGradient?(x: tf.Tensor, loss: AttackLoss): LossGradient
  /**
   * The same victim, which differentiates its spikes in another way; its scores are the same.
   * Missing where nothing spikes.
   */
  withSurrogate?(surrogate: Surrogate): Victim
}
