import { z } from 'zod'
import { allTokens, slopeAt } from './embedding-batch.ts'
import type { EmbeddingAttack, TextAttackKind } from './text-attack.ts'
import { textLossSchema } from './text-loss.ts'
import { ascend, wordBall } from './word-ball.ts'

const optionsSchema = z.strictObject({
  name: z.literal('embedding-fgsm'),
  norm: z.enum(['linf', 'l2']).default('l2'),
  loss: textLossSchema,
})

type EmbeddingFgsmOptions = z.output<typeof optionsSchema>

/**
 * The fast gradient method on the embedding: every word's vector moves by the whole radius.
 *
 * @param epsilon in units of the model's own vectors, see `wordBall`
 * @see Miyato et al., "Adversarial training methods for semi-supervised text classification", 2017
 */
function embeddingFgsm(options: EmbeddingFgsmOptions, epsilon: number): EmbeddingAttack {
  const { norm } = options
  return {
    name: 'embedding-fgsm',
    space: 'embedding',
    norm,
    epsilon,
    config: { ...options, epsilon },
    requires: ['embedding'],
    against(victim) {
      const ball = wordBall(victim, norm, epsilon)
      return texts => {
        const size = victim.length * ball.width
        const change = new Float32Array(texts.length * size)
        const { gradient } = slopeAt(victim, texts, change, options.loss)
        ascend(change, gradient, allTokens(texts), ball.radius, ball)
        return {
          changes: texts.map((_, row) => change.slice(row * size, (row + 1) * size)),
          queries: new Float32Array(texts.length).fill(1),
        }
      }
    },
  }
}

export const embeddingFgsmKind = {
  name: 'embedding-fgsm',
  options: optionsSchema,
  create: embeddingFgsm,
} satisfies TextAttackKind<EmbeddingFgsmOptions>
