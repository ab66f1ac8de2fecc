import { z } from 'zod'
import { robustnessSchema } from '../../server/schemas/robustness.ts'
import { runCertifiedSchema, runDetailSchema } from '../../server/schemas/runs.ts'
import { settingSchema } from '../../server/schemas/settings.ts'
import { summarySchema } from '../../server/schemas/summary.ts'

const count = z.int().min(0)
const share = z.number().min(0).max(1)

/** What can be said at one radius, over the worst of all attacks. */
const findingSchema = z.strictObject({
  epsilon: z.number(),
  verdict: z.enum(['more', 'less', 'undecided', 'none']),
  headline: z.string(),
  numbers: z.string(),
  remarks: z.array(z.string()),
})

/** Gradient estimates of the models of one arm, over models, layers and repeats. */
const gradientSchema = z.strictObject({
  arm: z.string(),
  estimator: z.string(),
  copies: count,
  sigma: z.number(),
  models: count,
  /** Rows behind the means: one a model and layer. */
  n: count,
  /** Geometric mean of variance / norm² of the backprop gradient; null where it is zero. */
  relativeVariance: z.number().nullable(),
  /** Mean cosine to the backprop gradient. */
  cosine: z.number().nullable(),
})

/** Mean accuracy of one model over kinds and severities of natural corruptions. */
const corruptionSchema = z.strictObject({
  model: z.string(),
  arm: z.string(),
  seed: z.int(),
  kinds: count,
  severities: count,
  n: count,
  cleanAccuracy: share,
  meanAccuracy: share,
})

const executionSchema = z.strictObject({
  id: z.string(),
  plan: z.string(),
  state: z.string(),
  startedAt: z.string(),
  endedAt: z.string().nullable(),
  jobs: count,
  done: count,
  failed: count,
  /** What to type to execute it again; null where its plan does not come with Gauntlet. */
  command: z.string().nullable(),
})

/** Models trained alike on one data set with one architecture. */
const sectionSchema = z.strictObject({
  setting: settingSchema,
  dataset: runDetailSchema.shape.dataset.omit({ classes: true, shape: true }),
  /** One entry a norm in which the models were attacked. */
  answers: z.array(
    z.strictObject({ findings: z.array(findingSchema), robustness: robustnessSchema }),
  ),
  gradients: z.array(gradientSchema),
  corruptions: z.array(corruptionSchema),
  certified: z.array(
    runCertifiedSchema.extend({ model: z.string(), arm: z.string(), runSeed: z.int() }),
  ),
  environments: z.array(runDetailSchema.shape.environment),
  executions: z.array(executionSchema),
  models: z.array(
    z.strictObject({
      id: z.string(),
      arm: z.string(),
      seed: z.int(),
      state: z.enum(['trained', 'diverged']),
      cleanAccuracy: share.nullable(),
      reproduce: z.string().nullable(),
    }),
  ),
  /** What a reader should know is not there, and how to get it. */
  missing: z.array(z.string()),
})

/** Everything a report says; `gauntlet report --format json` prints it. */
export const reportSchema = z.strictObject({
  format: z.literal('gauntlet-report-1'),
  createdAt: z.string(),
  gauntletVersion: z.string(),
  /** What was asked for; null: all. */
  asked: z.strictObject({ dataset: z.string().nullable(), architecture: z.string().nullable() }),
  counts: summarySchema.shape.counts,
  sections: z.array(sectionSchema),
})
export type Report = z.infer<typeof reportSchema>
export type Section = Report['sections'][number]
export type Answer = Section['answers'][number]
