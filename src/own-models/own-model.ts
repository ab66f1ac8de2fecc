import type { Victim } from '../../attacks/victim.ts'
import type { Dataset } from '../data/dataset.ts'
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

/**
 * What a model for this data set is asked.
 *
 * @throws UsageError unless it is a set of images
 */
export function askedOf(dataset: Dataset): Asked {
  if (dataset.kind === 'images')
    return { inputShape: dataset.shape, classes: dataset.classes.length }
  throw new UsageError(`invalid data set: ${dataset.name} has no images, own models are for images`)
}
