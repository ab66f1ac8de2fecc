import { z } from 'zod'
import type { AttackRandom } from '../attack-random.ts'
import { observeRun, type RunObserver } from '../observer.ts'
import { allTokens, pointAt, slopeAt } from './embedding-batch.ts'
import type { EmbeddingAttack, TextAttackKind, TokenText } from './text-attack.ts'
import { textLossSchema } from './text-loss.ts'
import type { TextVictim } from './text-victim.ts'
import { ascend, randomInWordBalls, type WordBall, wordBall } from './word-ball.ts'

const optionsSchema = z
  .strictObject({
    name: z.literal('embedding-pgd'),
    norm: z.enum(['linf', 'l2']).default('l2'),
    loss: textLossSchema,
    steps: z.int().min(1).max(100_000).default(20),
    /** Length of a step as a multiple of the radius; 2.5 / steps lets a vector cross the ball. */
    relativeStep: z.number().positive().max(10).optional(),
    /** Runs, each from a start of its own, on the texts that are not misclassified yet. */
    restarts: z.int().min(1).max(1000).default(5),
    /** Whether a run starts at a random point of the balls or at the clean embedding. */
    randomStart: z.boolean().default(true),
  })
  .transform(options => ({ ...options, relativeStep: options.relativeStep ?? 2.5 / options.steps }))

type EmbeddingPgdOptions = z.output<typeof optionsSchema>

/**
 * Projected gradient descent on the embedding: steps along the slope of the loss, each word's vector
 * taken back into its own ball. The first misclassified iterate is kept.
 *
 * @param epsilon in units of the model's own vectors, see `wordBall`
 */
function embeddingPgd(options: EmbeddingPgdOptions, epsilon: number): EmbeddingAttack {
  return {
    name: 'embedding-pgd',
    space: 'embedding',
    norm: options.norm,
    epsilon,
    config: { ...options, epsilon },
    requires: ['embedding'],
    against(victim) {
      const ball = wordBall(victim, options.norm, epsilon)
      return (texts, random, observer) => {
        const changes: Float32Array[] = texts.map(
          () => new Float32Array(victim.length * ball.width),
        )
        const queries = new Float32Array(texts.length)
        let open = [...texts.keys()]
        for (let restart = 0; restart < options.restarts && open.length > 0; restart++) {
          const own = open.map(row => texts[row]!)
          const start = startAt(options, victim, own, ball, random.rows(open), restart)
          const observe = observeRun(observer?.rows(open), {
            ...{ loss: options.loss, run: restart, runs: options.restarts },
            length: options.steps + 1,
          })
          const runs = climb(options, victim, own, ball, start, observe)
          open.forEach((row, at) => {
            changes[row] = runs[at]!.change
            queries[row]! += runs[at]!.queries
          })
          open = open.filter((_, at) => !runs[at]!.success)
        }
        return { changes, queries }
      }
    },
  }
}

/** Where a run on one text ended. */
interface Run {
  readonly change: Float32Array
  readonly success: boolean
  readonly queries: number
}

function startAt(
  { randomStart }: EmbeddingPgdOptions,
  { length }: TextVictim,
  texts: readonly TokenText[],
  ball: WordBall,
  random: AttackRandom,
  restart: number,
): Float32Array {
  if (!randomStart) return new Float32Array(texts.length * length * ball.width)
  return randomInWordBalls(allTokens(texts), length, random, restart, ball)
}

/** One run from the given changes; a text leaves when it is misclassified. */
function climb(
  { steps, relativeStep, loss }: EmbeddingPgdOptions,
  victim: TextVictim,
  texts: readonly TokenText[],
  ball: WordBall,
  start: Float32Array,
  observe: RunObserver | undefined,
): readonly Run[] {
  const size = victim.length * ball.width
  const runs: Run[] = []
  let rows = [...texts.keys()]
  let change = start
  for (let step = 0; rows.length > 0; step++) {
    const own = rows.map(row => texts[row]!)
    const slope = step < steps ? slopeAt(victim, own, change, loss) : undefined
    const { scores, losses } = slope ?? pointAt(victim, own, change, loss)
    observe?.(
      rows,
      step,
      losses,
      scores.map(({ wrong }) => wrong),
    )
    const stays: number[] = []
    rows.forEach((row, at) => {
      const success = scores[at]!.wrong
      if (slope && !success) stays.push(at)
      else {
        const last = change.slice(at * size, (at + 1) * size)
        runs[row] = { change: last, success, queries: step + 1 }
      }
    })
    if (!slope) break
    rows = stays.map(at => rows[at]!)
    change = taken(change, stays, size)
    const tokens = allTokens(rows.map(row => texts[row]!))
    ascend(change, taken(slope.gradient, stays, size), tokens, relativeStep * ball.radius, ball)
  }
  return runs
}

/** Some rows of `[rows · size]`. */
function taken(values: Float32Array, rows: readonly number[], size: number): Float32Array {
  const part = new Float32Array(rows.length * size)
  rows.forEach((row, at) => {
    part.set(values.subarray(row * size, (row + 1) * size), at * size)
  })
  return part
}

export const embeddingPgdKind = {
  name: 'embedding-pgd',
  options: optionsSchema,
  create: embeddingPgd,
} satisfies TextAttackKind<EmbeddingPgdOptions>
