import { z } from 'zod'
import { UsageError } from '../../errors.ts'
import type { SequenceSplit } from '../dataset.ts'
import { padId, unknownId } from './vocabulary.ts'

const side = z.enum(['left', 'right'])

const encodingSchema = z.strictObject({
  /** Tokens of every sequence. */
  length: z.int().min(1),
  minimumCount: z.int().min(1),
  maximumSize: z.int().min(3),
  /** The side on which short texts are filled up. */
  padding: side,
  /** The side on which long texts lose tokens. */
  truncation: side,
})

/** How texts become numbers: vocabulary, length, and the sides of padding and truncation. */
export type EncodingOptions = Readonly<z.infer<typeof encodingSchema>>

const { shape } = encodingSchema

/** Some of the options, as a plan gives them; the others are the data set's own. */
export const partialEncodingSchema = z.strictObject({
  length: shape.length.exactOptional(),
  minimumCount: shape.minimumCount.exactOptional(),
  maximumSize: shape.maximumSize.exactOptional(),
  padding: shape.padding.exactOptional(),
  truncation: shape.truncation.exactOptional(),
})

/** The tokens of a text and the number of its class. */
export interface LabelledTokens {
  readonly tokens: readonly string[]
  readonly label: number
}

/**
 * The options, when they make sense.
 *
 * @throws UsageError naming the first that does not
 */
export function checkedEncoding(options: EncodingOptions): EncodingOptions {
  const result = encodingSchema.safeParse(options)
  if (result.success) return result.data
  const { path, message } = result.error.issues[0]!
  throw new UsageError(`invalid encoding: ${path.join('.')}: ${message}`)
}

/** Texts as rows of token ids, [count, length]. */
export function encode(
  texts: readonly LabelledTokens[],
  vocabulary: readonly string[],
  { length, padding, truncation }: EncodingOptions,
): SequenceSplit {
  const ids = new Map(vocabulary.map((token, id) => [token, id]))
  const tokens = new Int32Array(texts.length * length).fill(padId)
  const lengths = new Int32Array(texts.length)
  for (const [row, text] of texts.entries()) {
    const all = text.tokens
    const kept = truncation === 'right' ? all.slice(0, length) : all.slice(-length)
    const start = row * length + (padding === 'left' ? length - kept.length : 0)
    for (const [at, token] of kept.entries()) tokens[start + at] = ids.get(token) ?? unknownId
    lengths[row] = kept.length
  }
  const labels = Uint8Array.from(texts, text => text.label)
  return { tokens, lengths, labels, count: texts.length }
}
