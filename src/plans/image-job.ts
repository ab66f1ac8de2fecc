import type { ImageShape } from '../../models/input.ts'
import type { NewJob } from '../store/jobs.ts'
import { identifierOf } from './identifier.ts'

/** A model on images, and what it can be asked. */
export interface ImageModel {
  /** Id of the job that made it. */
  readonly id: string
  /** What follows the name of the work, e.g. `glyphs lenet bp seed 0`. */
  readonly title: string
  readonly dataset: string
  readonly shape: ImageShape
  /** Test images that there are. */
  readonly test: number
  /** Expected seconds of one pass forward over so many images. */
  readonly forward: (images: number) => number
}

/** A job, named by the hash of what it depends on. */
export function imageJob(
  kind: NewJob['kind'],
  config: object,
  rest: Pick<NewJob, 'title' | 'cost' | 'needs'>,
): NewJob {
  return { id: identifierOf({ kind, config }), kind, config, ...rest }
}
