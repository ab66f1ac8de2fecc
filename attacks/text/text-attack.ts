import type { z } from 'zod'
import { padId } from '../../src/data/text/vocabulary.ts'
import { UsageError } from '../../src/errors.ts'
import type { AttackRandom } from '../attack-random.ts'
import type { Observer } from '../observer.ts'
import type { TextCapability, TextVictim } from './text-victim.ts'

/** A text as a classifier reads it, and its true class. */
export interface TokenText {
  /** `[length]`: ids, with padding where the text is shorter. */
  readonly tokens: Int32Array
  readonly label: number
}

/** What a word attack hands back; whoever called it re-verifies and judges. */
export interface CraftedTexts {
  /** Tokens of each text, `[length]`. */
  readonly tokens: readonly Int32Array[]
  /** Model calls spent on each text. */
  readonly queries: Float32Array
}

/** What an attack on the embedding hands back. */
export interface CraftedEmbeddings {
  /** What is added to the vectors of each text, `[length · width]`. */
  readonly changes: readonly Float32Array[]
  /** Model calls spent on each text. */
  readonly queries: Float32Array
}

interface TextAttackBase<Crafted> {
  readonly name: string
  /** Name and every hyper-parameter. */
  readonly config: Readonly<Record<string, unknown>>
  /** What the victim must offer. */
  readonly requires: readonly TextCapability[]
  /**
   * Readies the attack for a victim: what depends on the vocabulary is made once.
   *
   * The attack then takes texts that the victim classifies correctly, and random numbers that
   * belong to each text, wherever it stands among the others. It shows its iterations to an observer
   * if it raises a loss step by step.
   */
  against(
    victim: TextVictim,
  ): (texts: readonly TokenText[], random: AttackRandom, observer?: Observer) => Crafted
}

/** Replaces words; texts stay texts. */
export interface WordAttack extends TextAttackBase<CraftedTexts> {
  readonly space: 'words'
  /** Largest share of a text's words that may change. */
  readonly budget: number
}

/** Norm of the change of one word's vector. */
export type EmbeddingNorm = 'linf' | 'l2'

/**
 * Moves word vectors to where no word stands: a bound for what replacing words by near ones can do,
 * and a threat model of its own.
 */
export interface EmbeddingAttack extends TextAttackBase<CraftedEmbeddings> {
  readonly space: 'embedding'
  readonly norm: EmbeddingNorm
  /** Radius of every word's ball in units of the model's own vectors, see `wordBall`. */
  readonly epsilon: number
}

export type TextAttack = WordAttack | EmbeddingAttack

/** A text attack before its options and its budget are known. */
export interface TextAttackKind<Options extends { readonly name: string }> {
  readonly name: Options['name']
  /** Options as they are written in a plan, with their defaults. */
  readonly options: z.ZodType<Options>
  /** @param budget `WordAttack.budget` or `EmbeddingAttack.epsilon` */
  create(options: Options, budget: number): TextAttack
}

/** Refuses a victim that lacks what the attack needs, before any work. */
export function requireTextCapabilities(attack: TextAttack, victim: TextVictim): void {
  const missing = attack.requires.filter(need => victim[need] === undefined)
  if (missing.length > 0) {
    throw new UsageError(
      `invalid victim: attack ${attack.name} needs ${missing.join(', ')}, which this model lacks`,
    )
  }
}

/** Number of tokens that are no padding. */
export function wordCount(tokens: Int32Array): number {
  return tokens.reduce((count, id) => (id === padId ? count : count + 1), 0)
}

/** Most words of a text that this share allows to change, rounded down. */
export function wordLimit(share: number, tokens: Int32Array): number {
  // The product of a share and a count may fall just short of the integer that is meant.
  return Math.floor(share * wordCount(tokens) + 1e-9)
}

/** The text with another token in one place. */
export function replaced({ tokens, label }: TokenText, place: number, id: number): TokenText {
  const changed = tokens.slice()
  changed[place] = id
  return { tokens: changed, label }
}
