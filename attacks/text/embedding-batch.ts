import { tf } from '../../src/engine/tf.ts'
import { type Score, scoresFrom, tokensTensor } from './score.ts'
import type { TokenText } from './text-attack.ts'
import { type TextLossName, textLoss } from './text-loss.ts'
import type { TextVictim } from './text-victim.ts'

/** Where a loss rises, and what the model makes of the texts there. */
export interface EmbeddingSlope {
  /** `[texts · length · width]` */
  readonly gradient: Float32Array
  readonly scores: readonly Score[]
  /** The loss of each text. */
  readonly losses: Float32Array
}

/** The tokens of all texts, `[texts · length]`. */
export function allTokens(texts: readonly TokenText[]): Int32Array {
  return Int32Array.from(texts.flatMap(({ tokens }) => [...tokens]))
}

/** Gradient of a loss, by the change of the embedding, at this change. */
export function slopeAt(
  victim: TextVictim,
  texts: readonly TokenText[],
  change: Float32Array,
  lossName: TextLossName,
): EmbeddingSlope {
  const inputs = tensors(victim, texts, change)
  const { loss, labels } = textLoss(lossName, texts)
  const { embedding, classes } = victim
  const found = embedding!.lossGradient(inputs.tokens, inputs.change, loss)
  const result = {
    gradient: found.gradient.dataSync() as Float32Array,
    scores: scoresFrom(found.logits.dataSync() as Float32Array, texts, classes),
    losses: found.losses.dataSync() as Float32Array,
  }
  tf.dispose([inputs.tokens, inputs.change, labels, found.gradient, found.logits, found.losses])
  return result
}

/** What the model makes of texts whose embedding is changed. */
export function scoresAt(
  victim: TextVictim,
  texts: readonly TokenText[],
  change: Float32Array,
): readonly Score[] {
  return pointAt(victim, texts, change, 'ce').scores
}

/** The same, with a loss. */
export function pointAt(
  victim: TextVictim,
  texts: readonly TokenText[],
  change: Float32Array,
  lossName: TextLossName,
): Omit<EmbeddingSlope, 'gradient'> {
  const [logits, losses] = tf.tidy(() => {
    const inputs = tensors(victim, texts, change)
    const found = victim.embedding!.logits(inputs.tokens, inputs.change)
    return [found.dataSync(), textLoss(lossName, texts).loss(found).dataSync()]
  }) as Float32Array[]
  return { scores: scoresFrom(logits!, texts, victim.classes), losses: losses! }
}

function tensors(victim: TextVictim, texts: readonly TokenText[], change: Float32Array) {
  const width = victim.embedding!.matrix.shape[1]
  return {
    tokens: tokensTensor(texts),
    change: tf.tensor3d(change, [texts.length, victim.length, width]),
  }
}
