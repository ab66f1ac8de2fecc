import type { Victim } from '../../attacks/victim.ts'
import type { Dataset, ImageDataset } from '../data/dataset.ts'
import { UsageError } from '../errors.ts'

/** A model that was not trained here, as attacks and their judge see it. */
export interface OwnModel {
  readonly victim: Victim
  /** Number of weights; null where nobody knows, as behind an address. */
  readonly parameters: number | null
  /** What a reader should know of how the model is used, one sentence each. */
  readonly remarks: readonly string[]
  /** Frees the weights. */
  dispose(): void
}

/** What the model is asked: the shape of one input and the number of classes. */
export type Asked = Pick<Victim, 'inputShape' | 'classes'>

/** What a model for these images is asked. */
export function askedOf({ shape, classes }: ImageDataset): Asked {
  return { inputShape: shape, classes: classes.length }
}

/** @throws UsageError unless it is a set of images */
export function requireImages(dataset: Dataset): ImageDataset {
  if (dataset.kind === 'images') return dataset
  throw new UsageError(`invalid data set: ${dataset.name} has no images, own models are for images`)
}
