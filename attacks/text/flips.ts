import { tf } from '../../src/engine/tf.ts'
import { tokensTensor } from './score.ts'
import type { TokenText } from './text-attack.ts'
import { type TextLossName, textLoss } from './text-loss.ts'
import type { TextVictim } from './text-victim.ts'

/** Word `id` in place of the word that stands there. */
export interface Flip {
  readonly place: number
  readonly id: number
  /** First-order estimate of what it adds to the loss. */
  readonly gain: number
}

/** The best flips of each text in its open places, best first. */
export type FlipFinder = (
  texts: readonly (TokenText & { readonly places: readonly number[] })[],
) => readonly (readonly Flip[])[]

/** Most gains that are held at a time. */
const gainsAtATime = 4_000_000

/**
 * Finds flips of positive first-order gain of the loss. A gain that is not a number is
 * none.
 *
 * @param allowed words that may stand for a word
 * @param count at most so many flips for a text
 */
export function flipFinder(
  victim: TextVictim,
  allowed: (id: number) => readonly number[],
  count: number,
  loss: TextLossName,
): FlipFinder {
  const { matrix } = victim.embedding!
  const vocabulary = matrix.shape[0]
  const batchSize = Math.max(1, Math.floor(gainsAtATime / (victim.length * vocabulary)))
  return texts => {
    const found: (readonly Flip[])[] = []
    for (let first = 0; first < texts.length; first += batchSize) {
      const part = texts.slice(first, first + batchSize)
      const products = gradientProducts(victim, part, loss)
      part.forEach(({ tokens, places }, row) => {
        const best = bestFlips(count)
        for (const place of places) {
          const from = (row * victim.length + place) * vocabulary
          const current = products[from + tokens[place]!]!
          for (const id of allowed(tokens[place]!)) {
            if (id !== tokens[place]) best.offer(place, id, products[from + id]! - current)
          }
        }
        found.push(best.flips)
      })
    }
    return found
  }
}

/** Product of the loss gradient at every place with every word's vector, `[texts · length · ids]`. */
function gradientProducts(
  victim: TextVictim,
  texts: readonly TokenText[],
  lossName: TextLossName,
): Float32Array {
  const { matrix } = victim.embedding!
  const width = matrix.shape[1]
  const products = tf.tidy(() => {
    const { loss } = textLoss(lossName, texts)
    const none = tf.zeros([texts.length, victim.length, width]) as tf.Tensor3D
    const tokens = tokensTensor(texts)
    const found = victim.embedding!.lossGradient(tokens, none, loss)
    tf.dispose([found.losses, found.logits])
    const rows = tf.reshape(found.gradient, [-1, width]) as tf.Tensor2D
    return tf.matMul(rows, matrix, false, true)
  })
  // Not within tidy, which looks for tensors in every entry of what it hands back.
  const values = products.dataSync() as Float32Array
  products.dispose()
  return values
}

/** Keeps the best of what it is offered; of equal gains the first. */
function bestFlips(count: number) {
  const flips: Flip[] = []
  return {
    flips,
    offer(place: number, id: number, gain: number): void {
      if (!(gain > 0) || (flips.length === count && gain <= flips[count - 1]!.gain)) return
      let at = flips.length
      while (at > 0 && flips[at - 1]!.gain < gain) at--
      flips.splice(at, 0, { place, id, gain })
      if (flips.length > count) flips.pop()
    },
  }
}
