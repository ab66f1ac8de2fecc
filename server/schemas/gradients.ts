import { z } from 'zod'
import { count, hash, identifier, json, name, share } from './primitives.ts'
import { settingSchema } from './settings.ts'

/** Gradient statistics; shares and units as in primitives.ts. */

export const gradientsQuerySchema = z.strictObject({
  dataset: name,
  architecture: name,
  setting: hash.optional(),
})
export type GradientsQuery = z.infer<typeof gradientsQuerySchema>

/** A bias, and the smallest one that could be told from none; null where not measured. */
const biasSchema = z.strictObject({ value: z.number(), resolution: z.number() }).nullable()
export type Bias = z.infer<typeof biasSchema>

export const probeSchema = z.strictObject({
  id: identifier,
  model: identifier,
  architecture: z.string(),
  /** Layers with parameters. */
  depth: count.nullable(),
  /** A resnet's own width, else units of the widest layer before the last. */
  width: count.nullable(),
  arm: z.string(),
  /** How the model was trained, in words that tell one training from another. */
  training: z.string(),
  seed: z.int(),
  engine: z.string(),
  estimator: z.string(),
  /** The estimator's options; null where they were not kept. */
  options: json.nullable(),
  copies: count,
  sigma: z.number(),
  repeats: count,
  batch: count,
  site: z.string(),
  siteIndex: count,
  siteKind: z.string(),
  parameters: count,
  referenceNorm: z.number(),
  variance: z.number(),
  relativeVariance: z.number().nullable(),
  cosineMean: z.number().nullable(),
  cosineSd: z.number().nullable(),
  cosineOfMean: z.number().nullable(),
  biasClean: biasSchema,
  /** Against the gradient of the smoothed objective; all null where it was not asked for. */
  referenceCopies: count.nullable(),
  smoothedNorm: z.number().nullable(),
  cosineSmoothed: z.number().nullable(),
  biasSmoothed: biasSchema,
  milliseconds: z.number(),
  forwards: z.number().nullable(),
  /** Relative variance × milliseconds. */
  varianceTime: z.number().nullable(),
})
export type Probe = z.infer<typeof probeSchema>

export const gradientsSchema = z.strictObject({
  settings: z.array(settingSchema),
  setting: settingSchema.nullable(),
  probes: z.array(probeSchema),
})
export type Gradients = z.infer<typeof gradientsSchema>

export const sweepQuerySchema = z.strictObject({ dataset: name })
export type SweepQuery = z.infer<typeof sweepQuerySchema>

/** Every probe on a data set, whatever the architecture and the training. */
export const sweepSchema = z.strictObject({ probes: z.array(probeSchema) })
export type Sweep = z.infer<typeof sweepSchema>

export const stepsQuerySchema = z.strictObject({ dataset: name })
export type StepsQuery = z.infer<typeof stepsQuerySchema>

/**
 * Norm of the gradient of an example's loss for the pre-activation at one step: the geometric mean
 * over the models in which it could be told, how many these are, and every model's own, in the order
 * of `models`.
 */
const stepNormSchema = z.strictObject({
  mean: z.number().min(0).nullable(),
  n: count,
  seeds: z.array(z.number().min(0).nullable()),
})
export type StepNorm = z.infer<typeof stepNormSchema>

/** Models that differ in the seed alone, at one recurrent site and with one estimator. */
export const stepGroupSchema = z.strictObject({
  id: identifier,
  architecture: z.string(),
  arm: z.string(),
  site: z.string(),
  /** What tells it from other groups of its architecture, arm and site; empty if it is alone. */
  variant: z.string(),
  training: z.string(),
  engine: z.string(),
  copies: count,
  sigma: z.number(),
  /** Independent estimates of each model, and examples in the batch; the least of the models. */
  repeats: count,
  batch: count,
  /** Accuracy of guessing. */
  chance: share,
  /** Mean over the models, over the whole test split. */
  cleanAccuracy: share.nullable(),
  models: z.array(
    z.strictObject({
      id: identifier,
      seed: z.int(),
      /** Models of one pair were trained alike but for the arm. */
      pair: z.string(),
      probe: identifier,
      repeats: count,
      cleanAccuracy: share.nullable(),
    }),
  ),
  steps: z.array(
    z.strictObject({
      /** From 0. */
      step: count,
      backprop: stepNormSchema,
      /** Of one likelihood-ratio estimate, its noise included. */
      estimate: stepNormSchema,
      /** Of what the estimates have in common; a model's own is null where it is below their noise. */
      signal: stepNormSchema,
    }),
  ),
})
export type StepGroup = z.infer<typeof stepGroupSchema>

/** Every gradient by step on a data set. */
export const stepsSchema = z.strictObject({ groups: z.array(stepGroupSchema) })
export type Steps = z.infer<typeof stepsSchema>
