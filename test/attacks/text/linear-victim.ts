import type { ExecutionContext } from 'ava'
import { tokensTensor } from '../../../attacks/text/score.ts'
import type { TokenText } from '../../../attacks/text/text-attack.ts'
import type { TextVictim } from '../../../attacks/text/text-victim.ts'
import { tf } from '../../../src/engine/tf.ts'
import { differentiatedLoss } from '../../../src/evaluation/differentiated-loss.ts'
import { stream } from '../../../src/random/stream.ts'
import { normalTensor } from '../../with-engine.ts'

export const width = 3
const length = 6
export const vocabulary = ['<pad>', '<unknown>', ',', ...[...'abcdefghij']]

/** A classifier that adds up the vectors of a text: `z = [m, 0]`, `m = b + Σ (E_x + c) · w`. */
export interface LinearVictim extends TextVictim {
  readonly embedding: NonNullable<TextVictim['embedding']>
  readonly direction: readonly number[]
  /** `E_v · w` of every id. */
  readonly values: readonly number[]
  /** `m` of a text: above zero the class is 0. */
  margin(tokens: Int32Array): number
}

export function linearVictim(t: ExecutionContext, bias: number): LinearVictim {
  const matrix = normalTensor([vocabulary.length, width], 'embedding') as tf.Tensor2D
  const direction = [0.8, -0.5, 0.3]
  t.teardown(() => matrix.dispose())
  const rows = matrix.arraySync()
  const values = rows.map(row => row.reduce((sum, v, at) => sum + v * direction[at]!, 0))
  const logits = (tokens: tf.Tensor2D, change?: tf.Tensor) =>
    tf.tidy(() => {
      const plain = tf.gather(matrix, tokens)
      const vectors = change ? tf.add(plain, change) : plain
      const mask = tf.expandDims(tf.cast(tf.notEqual(tokens, 0), 'float32'), 2)
      const sums = tf.sum(tf.mul(vectors, mask), 1) as tf.Tensor2D
      const weights = tf.tensor2d(
        direction.flatMap(w => [w, 0]),
        [width, 2],
      )
      return tf.add(tf.matMul(sums, weights), [bias, 0])
    }) as tf.Tensor2D
  return {
    classes: 2,
    length,
    vocabulary,
    logits,
    embedding: {
      matrix,
      logits,
      lossGradient: (tokens, change, loss) =>
        differentiatedLoss(input => logits(tokens, input), change, loss),
    },
    direction,
    values,
    margin: tokens => tokens.reduce((sum, id) => sum + (id === 0 ? 0 : values[id]!), bias),
  }
}

/** Texts of three to six words, padding on the right, that the victim puts into class 0. */
export function linearTexts(victim: LinearVictim, count: number): readonly TokenText[] {
  const texts: TokenText[] = []
  for (let draw = 0; texts.length < count; draw++) {
    const uniforms = stream(4, 'texts', draw).uniforms(new Float32Array(length + 1))
    const words = 3 + Math.floor(uniforms[length]! * 4)
    const tokens = Int32Array.from({ length }, (_, at) =>
      at < words ? 3 + Math.floor(uniforms[at]! * 10) : 0,
    )
    if (victim.margin(tokens) > 0) texts.push({ tokens, label: 0 })
  }
  return texts
}

/** Largest difference between the logits of the victim and those of its closed form. */
export function logitError(victim: LinearVictim, texts: readonly TokenText[]): number {
  const logits = tf.tidy(() => victim.logits(tokensTensor(texts)).dataSync())
  return Math.max(
    ...texts.map(({ tokens }, at) => Math.abs(logits[2 * at]! - victim.margin(tokens))),
  )
}
