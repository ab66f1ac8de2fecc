import type { tf } from '../../src/engine/tf.ts'
import type { AttackLoss, LossGradient } from '../victim.ts'

/** What a victim can offer beyond its logits. */
export type TextCapability = 'embedding'

/** All that an attack knows of a text classifier. */
export interface TextVictim {
  readonly classes: number
  /** Tokens of a padded text. */
  readonly length: number
  /** Token of each id; 0 is the padding, 1 stands for every word that is not in it. */
  readonly vocabulary: readonly string[]
  /** The inside of the model, for attacks that may look at it. */
  readonly embedding?: TextEmbedding
  /**
   * Class scores `[batch, classes]`, not probabilities; belong to the caller.
   *
   * @param tokens `[batch, length]`, int32
   */
  logits(tokens: tf.Tensor2D): tf.Tensor2D
}

/** A text classifier behind the embedding of its tokens. */
export interface TextEmbedding {
  /** Vector of each id, `[vocabulary, width]`; belongs to the victim. */
  readonly matrix: tf.Tensor2D
  /**
   * Class scores of texts whose word vectors are changed; belong to the caller.
   *
   * @param tokens `[batch, length]`, int32
   * @param change is added to the embedded tokens, `[batch, length, width]`
   */
  logits(tokens: tf.Tensor2D, change: tf.Tensor3D): tf.Tensor2D
  /** Value and gradient, with respect to `change`, of a loss of the logits. */
  lossGradient(tokens: tf.Tensor2D, change: tf.Tensor3D, loss: AttackLoss): LossGradient
}
