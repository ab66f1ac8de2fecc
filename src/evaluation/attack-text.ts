import { type AttackRandom, attackRandom } from '../../attacks/attack-random.ts'
import type { Observer } from '../../attacks/observer.ts'
import { allTokens, scoresAt } from '../../attacks/text/embedding-batch.ts'
import { type Score, scoresOf } from '../../attacks/text/score.ts'
import {
  type EmbeddingAttack,
  requireTextCapabilities,
  type TextAttack,
  type TokenText,
  type WordAttack,
  wordCount,
} from '../../attacks/text/text-attack.ts'
import type { TextVictim } from '../../attacks/text/text-victim.ts'
import { projectWords, wordBall } from '../../attacks/text/word-ball.ts'
import type { SequenceDataset } from '../data/dataset.ts'
import type { Progress } from '../training/train.ts'
import { createRecorder, type Recorded } from './convergence.ts'
import { changedPlaces, requireWithinBudget } from './text-threat-model.ts'
import { type TextTotals, textTotals } from './text-totals.ts'

const batchSize = 100

/** One text's outcome. */
export interface TextOutcome {
  readonly example: number
  readonly label: number
  readonly cleanPrediction: number
  readonly adversarialPrediction: number
  /** A text that is misclassified as it stands is skipped: it counts in the accuracies alone. */
  readonly result: 'successful' | 'failed' | 'skipped'
  /** Tokens that are no padding. */
  readonly words: number
  /** Those that are another word now, or whose vector has moved. */
  readonly changedWords: number
  /** Model calls spent on the text. */
  readonly queries: number
}

export interface AttackedTexts {
  readonly outcomes: readonly TextOutcome[]
  readonly totals: TextTotals
  /** `[n · length]`: the texts after the attack; those of an attack on the embedding stay clean. */
  readonly tokens: Int32Array
  /** What an attack that raises a loss step by step has shown. */
  readonly recorded: readonly Recorded[]
}

/**
 * Attacks the first `n` texts of a test split and judges each by a fresh pass over what the attack
 * handed back, which must lie within its budget.
 *
 * @param onProgress called after every batch with the share of texts done
 * @throws UsageError for a victim that lacks what the attack needs
 * @throws RangeError for an attack that leaves its budget
 */
export async function attackText(
  attack: TextAttack,
  victim: TextVictim,
  { test, length }: Pick<SequenceDataset, 'test' | 'length'>,
  n: number,
  seed: number,
  onProgress?: Progress,
): Promise<AttackedTexts> {
  requireTextCapabilities(attack, victim)
  const run = attack.space === 'words' ? wordRun(attack, victim) : embeddingRun(attack, victim)
  const outcomes: TextOutcome[] = []
  const recorder = createRecorder(n, attack.name)
  const tokens = test.tokens.slice(0, n * length)
  for (let first = 0; first < n; first += batchSize) {
    const examples = Array.from({ length: Math.min(batchSize, n - first) }, (_, at) => first + at)
    const texts = examples.map(example => ({
      tokens: test.tokens.slice(example * length, (example + 1) * length),
      label: test.labels[example]!,
    }))
    const clean = scoresOf(victim, texts)
    const correct = [...texts.keys()].filter(row => !clean[row]!.wrong)
    const attacked = run(
      correct.map(row => texts[row]!),
      attackRandom(
        seed,
        correct.map(row => examples[row]!),
      ),
      recorder.batch(first).rows(correct),
    )
    const byRow = new Map(correct.map((row, at) => [row, attacked[at]!]))
    texts.forEach((text, row) => {
      const found = byRow.get(row)
      if (found) tokens.set(found.tokens, examples[row]! * length)
      outcomes.push(textOutcome(examples[row]!, text, clean[row]!, found))
    })
    await onProgress?.((first + examples.length) / n)
  }
  return { outcomes, totals: textTotals(outcomes), tokens, recorded: recorder.recorded }
}

/** A text after the attack. */
export interface AttackedText {
  readonly tokens: Int32Array
  readonly score: Score
  readonly changedWords: number
  readonly queries: number
}

/** An attack on texts that are classified correctly, with its verification. */
type Run = (
  texts: readonly TokenText[],
  random: AttackRandom,
  observer: Observer,
) => readonly AttackedText[]

function wordRun(attack: WordAttack, victim: TextVictim): Run {
  const run = attack.against(victim)
  return (texts, random, observer) => {
    const { tokens, queries } = run(texts, random, observer)
    const after = texts.map((text, at) => {
      requireWithinBudget(attack, victim, text.tokens, tokens[at]!)
      return { tokens: tokens[at]!, label: text.label }
    })
    return scoresOf(victim, after).map((score, at) => ({
      tokens: tokens[at]!,
      score,
      changedWords: changedPlaces(texts[at]!.tokens, tokens[at]!).length,
      queries: queries[at]!,
    }))
  }
}

/** What lies outside the ball is taken back into it. */
function embeddingRun(attack: EmbeddingAttack, victim: TextVictim): Run {
  const run = attack.against(victim)
  const ball = wordBall(victim, attack.norm, attack.epsilon)
  const size = victim.length * ball.width
  return (texts, random, observer) => {
    if (texts.length === 0) return []
    const { changes, queries } = run(texts, random, observer)
    const change = new Float32Array(texts.length * size)
    changes.forEach((own, at) => {
      change.set(own, at * size)
    })
    projectWords(change, allTokens(texts), ball)
    return scoresAt(victim, texts, change).map((score, at) => ({
      tokens: texts[at]!.tokens,
      score,
      changedWords: movedWords(change.subarray(at * size, (at + 1) * size), ball.width),
      queries: queries[at]!,
    }))
  }
}

/** What became of a text; of one that was not attacked, where nothing was found. */
export function textOutcome(
  example: number,
  { tokens, label }: TokenText,
  clean: Score,
  attacked: AttackedText | undefined,
): TextOutcome {
  const words = wordCount(tokens)
  const common = { example, label, cleanPrediction: clean.prediction, words }
  if (!attacked) {
    const adversarialPrediction = clean.prediction
    return { ...common, adversarialPrediction, result: 'skipped', changedWords: 0, queries: 0 }
  }
  const { score, changedWords, queries } = attacked
  const result = score.wrong ? 'successful' : 'failed'
  return { ...common, adversarialPrediction: score.prediction, result, changedWords, queries }
}

/** Words whose vector is changed at all. */
function movedWords(change: Float32Array, width: number): number {
  let moved = 0
  for (let from = 0; from < change.length; from += width) {
    if (change.subarray(from, from + width).some(value => value !== 0)) moved++
  }
  return moved
}
