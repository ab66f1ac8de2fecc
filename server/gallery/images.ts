import type { ImageDataset } from '../../src/data/dataset.ts'
import { readExamples } from '../../src/runner/example-files.ts'
import type { StoredEvaluation } from '../../src/store/queries/gallery.ts'
import type { Contents } from '../schemas/gallery.ts'
import { type Raster, readSpikes } from './spikes.ts'
import { type Found, orProblem, readStored } from './stored.ts'

/** What the route knows when it reads contents. */
export interface Asked {
  readonly evaluation: StoredEvaluation
  readonly examples: readonly number[]
  readonly file: Found<string>
  /** Where the judged model's weights lie. */
  readonly checkpoint: string
}

/** Contents of one kind. */
export type Read = Partial<Omit<Contents, 'evaluation' | 'kind'>>

/** Clean and adversarial images, with the spikes that both cause in a spiking network. */
export async function readImages(
  { evaluation, examples, file, checkpoint }: Asked,
  dataset: ImageDataset | undefined,
  problems: string[],
): Promise<Read> {
  const shape: number[] = JSON.parse(evaluation.shape)
  const size = shape.reduce((product, length) => product * length, 1)
  const path = orProblem(file, problems)
  const crafted =
    path === undefined
      ? undefined
      : orProblem(await readStored(path, () => readExamples(path)), problems)
  const image = (all: Float32Array | undefined, example: number) => {
    const values = all?.subarray(example * size, (example + 1) * size)
    return values?.length === size ? values : undefined
  }
  const rows = examples.map(example => ({
    example,
    clean: image(dataset?.test.images, example),
    adversarial: image(crafted?.adversarial, example),
  }))
  const spikes = await readSpikes(evaluation, checkpoint, problems)
  return {
    shape,
    layers: spikes?.layers ?? [],
    images: rows.map(({ example, clean, adversarial }) => ({
      example,
      clean: clean ? base64(clean) : null,
      adversarial: adversarial ? base64(adversarial) : null,
      spikes: spikes && clean && adversarial ? both(spikes.of(clean), spikes.of(adversarial)) : [],
    })),
  }
}

function base64(values: Float32Array): string {
  return Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString('base64')
}

/** Bit 1 of a byte: a spike of the clean image; bit 2: one of the adversarial image. */
function both(clean: readonly Raster[], adversarial: readonly Raster[]): string[] {
  return clean.map((layer, at) =>
    Buffer.from(layer.map((spike, place) => spike + 2 * adversarial[at]![place]!)).toString(
      'base64',
    ),
  )
}
