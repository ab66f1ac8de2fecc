import { z } from 'zod'
import { gradientsQuerySchema } from './gradients.ts'
import { settingSchema } from './settings.ts'

export const learningQuerySchema = gradientsQuerySchema

const spread = z.strictObject({
  mean: z.number(),
  /** Student's 95 % interval over the seeds; null for one seed. */
  low: z.number().nullable(),
  high: z.number().nullable(),
  /** Every seed's own, in the order of the series' seeds that reached this point. */
  seeds: z.array(z.number()),
})

/** Where the models of one series stood after equally many updates. */
export const learningStepSchema = z.strictObject({
  updates: z.int().min(0),
  /** Means over the seeds. */
  forwards: z.number(),
  seconds: z.number(),
  /** Null where none was measured. */
  accuracy: spread.nullable(),
  loss: spread.nullable(),
})
export type LearningStep = z.infer<typeof learningStepSchema>

/** Learning curves of one arm, over its seeds. */
export const learningSeriesSchema = z.strictObject({
  key: z.string(),
  arm: z.string(),
  seeds: z.array(z.int()),
  steps: z.array(learningStepSchema),
})
export type LearningSeries = z.infer<typeof learningSeriesSchema>

/** Learning curves of matched models. */
export const learningSchema = z.strictObject({
  settings: z.array(settingSchema),
  setting: settingSchema.nullable(),
  series: z.array(learningSeriesSchema),
})
export type Learning = z.infer<typeof learningSchema>
