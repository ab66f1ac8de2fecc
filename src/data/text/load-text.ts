import { UsageError } from '../../errors.ts'
import { canonicalJson } from '../../store/canonical-json.ts'
import type { SequenceDataset } from '../dataset.ts'
import type { GeneratedTextEntry, TextEntry, TextFilesEntry } from '../entry.ts'
import { type Counts, exampleCounts } from '../limits.ts'
import { readPublished, sha256Of } from '../published.ts'
import type { RawFile } from '../raw-file.ts'
import { checkedEncoding, type EncodingOptions, encode, type LabelledTokens } from './encode.ts'
import { readTexts, type TextLayout } from './layouts.ts'
import { invalidLine } from './lines.ts'
import { tokenise } from './tokenise.ts'
import { buildVocabulary, padId, unknownId } from './vocabulary.ts'

interface TextRequest extends Partial<Counts> {
  readonly seed?: number
  readonly encoding?: Partial<EncodingOptions>
}

/**
 * Loads the text set of this entry; see `loadDataset`. The vocabulary is that of the training
 * examples that are loaded.
 *
 * @throws UsageError also for an encoding that makes no sense
 */
export async function loadTextEntry(
  entry: TextEntry,
  request: TextRequest,
  folders: readonly string[],
): Promise<SequenceDataset> {
  const counts = exampleCounts(entry, request)
  if (entry.format === 'generated') {
    const length = generatedLength(entry, request.encoding)
    return entry.generate({ ...counts, seed: request.seed ?? 0, ...length })
  }
  const encoding = checkedEncoding({ ...entry.encoding, ...request.encoding })
  const files = [
    await readPublished(entry, entry.files[0], folders),
    await readPublished(entry, entry.files[1], folders),
  ] as const
  const train = tokens(files[0], entry.layouts[0], entry, counts.train)
  const test = tokens(files[1], entry.layouts[1], entry, counts.test)
  const vocabulary = buildVocabulary(
    train.map(text => text.tokens),
    encoding,
  )
  return {
    kind: 'sequences',
    name: entry.name,
    classes: entry.classes,
    licence: entry.licence,
    sha256: sha256Of([
      ...files.map(file => file.bytes),
      ...(request.encoding ? [Buffer.from(canonicalJson(encoding))] : []),
    ]),
    provenance: 'published files',
    vocabulary,
    length: encoding.length,
    padId,
    unknownId,
    train: encode(train, vocabulary, encoding),
    test: encode(test, vocabulary, encoding),
  }
}

/** The length that is asked for, if any; a generated set has nothing else to choose. */
function generatedLength(
  { name, lengths }: GeneratedTextEntry,
  { length, ...others }: Partial<EncodingOptions> = {},
): { readonly length?: number } {
  const [other] = Object.keys(others)
  if (other !== undefined) {
    throw new UsageError(`invalid encoding: ${other}: ${name} is generated as token ids`)
  }
  if (length === undefined) return {}
  if (lengths === undefined) {
    throw new UsageError(`invalid encoding: length: ${name} has a fixed length`)
  }
  const { least, most } = lengths
  if (Number.isSafeInteger(length) && length >= least && length <= most) return { length }
  throw new UsageError(`invalid encoding: length: ${length} (${name} has ${least} to ${most})`)
}

function tokens(
  file: RawFile,
  layout: TextLayout,
  { classes }: TextFilesEntry,
  count: number,
): readonly LabelledTokens[] {
  const texts = readTexts(file, layout, classes).map(({ text, label, line }) => {
    const words = tokenise(text)
    if (words.length === 0) throw invalidLine(file.path, line, 'no text')
    return { tokens: words, label }
  })
  return texts.slice(0, count)
}
