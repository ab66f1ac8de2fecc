import { z } from 'zod'
import { smoothingSchema } from '../evaluation/smoothing/options.ts'
import type { NewJob } from '../store/jobs.ts'
import { type ImageModel, imageJob } from './image-job.ts'

/** How models are certified by randomized smoothing. */
export const plannedSmoothingSchema = smoothingSchema.omit({ batch: true }).extend({
  /** First test examples; as many as are attacked when left out. */
  examples: z.int().min(1).exactOptional(),
  seed: z.int().default(0),
})

export type PlannedSmoothing = z.output<typeof plannedSmoothingSchema>

/** Certify one model's smoothed classifier at the first test examples. */
export interface CertifyConfig {
  /** Raised when the same configuration would give other numbers than before. */
  readonly version: 1
  readonly model: string
  readonly sigma: number
  /** Noisy copies that choose the class, and that bound its probability. */
  readonly selection: number
  readonly estimation: number
  readonly alpha: number
  readonly examples: number
  readonly seed: number
}

/** A rough time to draw one value of the noise and add it. */
const secondsPerValue = 4e-8

/** The job that certifies a model. */
export function newCertifyJob(
  model: ImageModel,
  { sigma, selection, estimation, alpha, seed }: PlannedSmoothing,
  examples: number,
  needs: readonly string[],
): NewJob {
  const config: CertifyConfig = {
    version: 1,
    model: model.id,
    sigma,
    selection,
    estimation,
    alpha,
    examples,
    seed,
  }
  const copies = examples * (selection + estimation)
  const values = copies * model.shape.reduce((product, length) => product * length, 1)
  return imageJob('certify', config, {
    title: `certify σ ${sigma} ${model.title}`,
    cost: values * secondsPerValue + model.forward(copies),
    needs,
  })
}
