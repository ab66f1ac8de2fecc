import { z } from 'zod'
import { UsageError } from '../errors.ts'
import {
  type CorruptionName,
  corruptionNames,
  corruptionsFor,
} from '../evaluation/corruptions/corrupt.ts'
import { type Severity, severities } from '../evaluation/corruptions/corruption.ts'
import type { NewJob } from '../store/jobs.ts'
import { type ImageModel, imageJob } from './image-job.ts'

/** Which natural corruptions the test images are given. */
export const corruptionsSchema = z.strictObject({
  /** Kinds; all that the images can have when left out. */
  names: z.array(z.enum(corruptionNames)).min(1).exactOptional(),
  severities: z
    .array(z.literal(severities))
    .min(1)
    .default([...severities]),
  /** First test examples; as many as are attacked when left out. */
  examples: z.int().min(1).exactOptional(),
  seed: z.int().default(0),
})

export type PlannedCorruptions = z.output<typeof corruptionsSchema>

/** Judge one model on corrupted test images. */
export interface CorruptConfig {
  /** Raised when the same configuration would give other numbers than before. */
  readonly version: 1
  readonly model: string
  /** In alphabetical order, each once. */
  readonly names: readonly CorruptionName[]
  /** In ascending order, each once. */
  readonly severities: readonly Severity[]
  readonly examples: number
  readonly seed: number
}

/** A rough time to corrupt one value of an image, over all kinds. */
const secondsPerValue = 5e-7

/**
 * The job that measures a model's accuracy for every kind and severity.
 *
 * @throws UsageError for a kind that images of this shape cannot have
 */
export function newCorruptJob(
  model: ImageModel,
  { names, severities: levels, seed }: PlannedCorruptions,
  examples: number,
  needs: readonly string[],
): NewJob {
  const possible = corruptionsFor(model.shape)
  const unfit = names?.find(name => !possible.includes(name))
  if (unfit) {
    throw new UsageError(
      `invalid corruption: ${unfit} needs coloured images, those of ${model.dataset} are grey`,
    )
  }
  const config: CorruptConfig = {
    version: 1,
    model: model.id,
    names: possible.filter(name => names?.includes(name) ?? true),
    severities: severities.filter(level => levels.includes(level)),
    examples,
    seed,
  }
  const images = config.names.length * config.severities.length * examples
  const values = images * model.shape.reduce((product, length) => product * length, 1)
  return imageJob('corrupt', config, {
    title: `corrupt ${model.title}`,
    cost: values * secondsPerValue + model.forward(images),
    needs,
  })
}
