import { z } from 'zod'
import { galleryOutcomeSchema } from './gallery.ts'
import { count, json, name, normSchema, pageOf, share } from './primitives.ts'

const hash = z.string().regex(/^[A-Za-z0-9._-]{1,128}$/, 'an identifier: letters, digits, . _ -')
const yesOrNo = z.enum(['true', 'false']).transform(word => word === 'true')
const limit = z.coerce.number().int().min(1).max(200).default(50)
const cursor = z.string().min(1).max(1000).optional().describe('`nextCursor` of the page before')

export const evaluationSortSchema = z.enum([
  'created',
  'dataset',
  'architecture',
  'arm',
  'seed',
  'attack',
  'epsilon',
  'accuracy',
  'queries',
  'seconds',
])

export const evaluationsQuerySchema = z.strictObject({
  dataset: name.optional(),
  architecture: name.optional().describe('of the judged model'),
  arm: name.optional().describe('of the judged model'),
  attack: name.optional().describe('`none` for the clean evaluations'),
  norm: normSchema.optional(),
  epsilon: z
    .string()
    .regex(/^\d+(\.\d+)?(e-?\d+)?$/, 'a number of at least 0')
    .transform(Number)
    .optional(),
  model: hash.optional().describe('id of the judged model'),
  craftedOn: hash.optional().describe('id of the model on which the examples were crafted'),
  transfer: yesOrNo
    .optional()
    .describe('whether the examples were crafted on another model than the judged one'),
  nightly: hash.optional().describe('id of a nightly that asked for the evaluation'),
  sort: evaluationSortSchema.default('created'),
  order: z.enum(['asc', 'desc']).default('desc'),
  cursor,
  limit,
})
export type EvaluationsQuery = z.infer<typeof evaluationsQuerySchema>

/** A model, as far as tables name it. */
const modelSchema = z.strictObject({
  id: z.string(),
  architecture: z.string(),
  arm: z.string(),
  seed: z.int(),
})

/** One model judged on the examples of one attack with one budget. */
export const evaluationSchema = z.strictObject({
  id: z.string(),
  dataset: z.string(),
  model: modelSchema,
  craftedOn: modelSchema,
  transfer: z.boolean(),
  attack: z.string(),
  norm: z.string(),
  epsilon: z.number(),
  attackConfig: json,
  seed: z.int(),
  n: count,
  cleanCorrect: count,
  robustCorrect: count,
  robustAccuracy: share,
  /** Wilson 95 % interval over the n examples. */
  low: share,
  high: share,
  setting: z.enum(['evasion', 'poisoning']),
  purpose: z.enum(['comparison', 'check']),
  inference: json.nullable(),
  queriesMean: z.number(),
  seconds: z.number(),
  createdAt: z.string(),
})
export type Evaluation = z.infer<typeof evaluationSchema>

export const evaluationsSchema = pageOf(evaluationSchema)
export type Evaluations = z.infer<typeof evaluationsSchema>

export const evaluationParamsSchema = z.strictObject({ id: hash.describe('of an evaluation') })

export const examplesQuerySchema = z.strictObject({
  success: yesOrNo
    .optional()
    .describe('true: only what the attack broke; false: only what it did not break'),
  cursor,
  limit: z.coerce.number().int().min(1).max(1000).default(100),
})

/** One test example within one evaluation. */
export const exampleSchema = z.strictObject({
  /** Index in the test split. */
  example: count,
  label: count,
  ...galleryOutcomeSchema.shape,
})
export type Example = z.infer<typeof exampleSchema>

export const examplesSchema = pageOf(exampleSchema)
export type Examples = z.infer<typeof examplesSchema>
