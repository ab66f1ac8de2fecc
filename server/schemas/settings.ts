import { z } from 'zod'
import { count, identifier, json, share } from './primitives.ts'

/** Groups of matched models; shares and units as in primitives.ts. */

/** Models trained alike: same data, architecture and training; they differ in arm and seed. */
export const settingSchema = z.strictObject({
  id: z.string(),
  datasetId: z.string(),
  dataset: z.string(),
  trainCount: count,
  testCount: count,
  classes: count,
  architecture: z.string(),
  architectureConfig: json,
  trainingConfig: json,
  models: count,
  createdAt: z.string(),
})
export type Setting = z.infer<typeof settingSchema>

/** One arm with one set of estimator options. */
export const seriesSchema = z.strictObject({
  /** The arm's name; followed by the options that tell it apart if the arm occurs twice. */
  key: z.string(),
  arm: z.string(),
  variant: z.string(),
  estimator: json,
  models: z.array(
    z.strictObject({
      id: identifier,
      seed: z.int(),
      cleanAccuracy: share.nullable(),
      engine: z.string(),
    }),
  ),
})
export type Series = z.infer<typeof seriesSchema>

export const leftOutSchema = z.strictObject({
  id: identifier,
  arm: z.string(),
  seed: z.int(),
  reason: z.enum(['diverged', 'no partner']),
})
