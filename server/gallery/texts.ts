import type { SequenceDataset } from '../../src/data/dataset.ts'
import { readTexts } from '../../src/runner/text-files.ts'
import type { TextContent } from '../schemas/gallery.ts'
import type { Asked, Read } from './images.ts'
import { orProblem, readStored } from './stored.ts'

/** The words of texts before and after the attack. Without the data set there is no vocabulary. */
export async function readWords(
  { evaluation, examples, file }: Asked,
  dataset: SequenceDataset | undefined,
  problems: string[],
): Promise<Read> {
  if (!dataset) return {}
  const { test, length } = dataset
  // Where vectors are moved the change has a norm of numbers, and no file is kept.
  if (evaluation.norm !== 'words') {
    problems.push(
      'This attack moves the vectors of words; the words are the same before and after.',
    )
    return { texts: examples.map(example => textOf(dataset, example, test.tokens)) }
  }
  const path = orProblem(file, problems)
  const crafted =
    path === undefined
      ? undefined
      : orProblem(await readStored(path, () => readTexts(path)), problems)
  const tokens = crafted?.tokens ?? test.tokens
  const known = examples.filter(example => (example + 1) * length <= tokens.length)
  return { texts: known.map(example => textOf(dataset, example, tokens)) }
}

function textOf(
  { test, length, vocabulary, padId }: SequenceDataset,
  example: number,
  adversarial: Int32Array,
): TextContent {
  const word = (id: number) => (id === padId ? '' : (vocabulary[id] ?? `<${id}>`))
  const places = Array.from({ length }, (_, at) => example * length + at)
  const words = places
    .filter(at => test.tokens[at] !== padId || adversarial[at] !== padId)
    .map(at => ({ clean: word(test.tokens[at]!), adversarial: word(adversarial[at]!) }))
  return { example, words }
}
