import type { Victim } from '../../../attacks/victim.ts'
import type { ImageShape } from '../../../models/input.ts'
import type { ImageDataset } from '../../data/dataset.ts'
import type { Progress } from '../../training/train.ts'
import { predict } from '../predict.ts'
import { type CorruptionName, corrupt } from './corrupt.ts'
import type { Severity } from './corruption.ts'

const batchSize = 100

/** Which corrupted images a model is judged on. */
export interface CorruptedImages {
  readonly name: CorruptionName
  readonly severity: Severity
  /** First examples of the split. */
  readonly examples: number
  readonly seed: number
}

/**
 * Which of the first test images a model classifies correctly when they are corrupted: 1, else 0.
 *
 * @param onProgress called after every batch with the share of images done
 */
export async function rightUnder(
  victim: Victim,
  { shape, test }: Pick<ImageDataset, 'shape' | 'test'>,
  { name, severity, examples, seed }: CorruptedImages,
  onProgress?: Progress,
): Promise<Uint8Array> {
  const right = new Uint8Array(examples)
  for (let first = 0; first < examples; first += batchSize) {
    const last = Math.min(first + batchSize, examples)
    const numbers = Array.from({ length: last - first }, (_, at) => first + at)
    const images = corrupt(
      name,
      severity,
      part(test.images, shape, first, last),
      shape,
      seed,
      numbers,
    )
    predict(victim, images).forEach((prediction, at) => {
      right[first + at] = prediction === test.labels[first + at] ? 1 : 0
    })
    await onProgress?.(last / examples)
  }
  return right
}

/** Which of the first test images a model classifies correctly as they are: 1, else 0. */
export function rightClean(
  victim: Victim,
  { shape, test }: Pick<ImageDataset, 'shape' | 'test'>,
  examples: number,
): Uint8Array {
  const predictions = predict(victim, part(test.images, shape, 0, examples))
  return Uint8Array.from(predictions, (prediction, at) => (prediction === test.labels[at] ? 1 : 0))
}

function part(images: Float32Array, shape: ImageShape, first: number, last: number): Float32Array {
  const size = shape.reduce((product, length) => product * length, 1)
  return images.subarray(first * size, last * size)
}
