import { z } from 'zod'
import { count, hash } from './primitives.ts'
import { nightlySchema } from './summary.ts'

/** What the API gives of nightlies; accuracies are shares, durations seconds, times ISO 8601 in UTC. */

const text = z.string().min(1).max(300)

export const nightliesQuerySchema = z.strictObject({
  plan: text.optional(),
  cursor: z.string().min(1).max(1000).optional(),
  limit: z.coerce.number().int().min(1).max(100).default(30),
})

export const nightlyItemSchema = nightlySchema.extend({
  /** The results folder that its history was taken along from; null for one that was made here. */
  origin: z.string().nullable(),
  /** Git commits that its numbers were made at. */
  commits: z.string().nullable(),
  /** The execution that it was compared with, and how many alarms that gave; null where none was. */
  comparison: z
    .strictObject({ against: z.string(), regressions: count, improvements: count })
    .nullable(),
})
export type NightlyItem = z.infer<typeof nightlyItemSchema>

export const nightliesSchema = z.strictObject({
  plans: z.array(z.string()),
  items: z.array(nightlyItemSchema),
  nextCursor: z.string().nullable(),
})
export type Nightlies = z.infer<typeof nightliesSchema>

export const nightlyParamsSchema = z.strictObject({ id: hash })

const subject = {
  metric: z.enum([
    ...(['clean', 'robust', 'worst', 'corrupted', 'certified', 'verdict'] as const),
    ...(['cosine', 'variance', 'seconds', 'state'] as const),
  ]),
  /** What is measured, in a few words. */
  measure: z.string(),
  dataset: z.string(),
  architecture: z.string(),
  arm: z.string(),
  variant: z.string(),
}

export const nightlyChangeSchema = z.strictObject({
  ...subject,
  verdict: z.enum(['regression', 'improvement', 'small', 'unchanged', 'undecided', 'reported']),
  /** Null where all seeds are judged together. */
  seed: z.int().nullable(),
  before: z.number().nullable(),
  now: z.number().nullable(),
  difference: z.number().nullable(),
  low: z.number().nullable(),
  high: z.number().nullable(),
  test: z.enum(['mcnemar', 'repeats', 'seeds', 'none']),
  n: count,
  seeds: count,
  /** p adjusted by Holm for all comparisons of the execution. */
  holm: z.number().nullable(),
  note: z.string(),
  /** The model as it is now. */
  modelId: z.string(),
  /** Whether it can be looked at here. */
  modelHere: z.boolean(),
})
export type NightlyChange = z.infer<typeof nightlyChangeSchema>

export const nightlyDetailSchema = z.strictObject({
  nightly: nightlyItemSchema,
  plan: z.record(z.string(), z.unknown()),
  /** Time spent on the jobs that are done, by kind. */
  kinds: z.array(
    z.strictObject({ kind: z.string(), jobs: count, done: count, seconds: z.number() }),
  ),
  failed: z.array(z.strictObject({ id: z.string(), title: z.string(), error: z.string() })),
  comparison: z
    .strictObject({
      against: z.string(),
      /** The results folder of the earlier execution; null for the same one. */
      place: z.string().nullable(),
      startedAt: z.string(),
      commits: z.string().nullable(),
      alpha: z.number(),
      leastPoints: z.number(),
      /** Comparisons by verdict, those in which nothing differs included. */
      verdicts: z.record(z.string(), count),
      /** Comparisons that Holm's adjustment counts. */
      family: count,
      reused: count,
      onlyBefore: count,
      onlyNow: count,
      settings: z.array(
        z.strictObject({
          path: z.string(),
          before: z.string().nullable(),
          now: z.string().nullable(),
        }),
      ),
      /** What changed, what could not be told, and training times; what is unchanged is left out. */
      changes: z.array(nightlyChangeSchema),
    })
    .nullable(),
})
export type NightlyDetail = z.infer<typeof nightlyDetailSchema>

export const trendQuerySchema = z.strictObject({
  plan: text.optional(),
  dataset: text.optional(),
  architecture: text.optional(),
  measure: text.optional(),
})

export type TrendQuery = z.infer<typeof trendQuerySchema>

export const trendPointSchema = z.strictObject({
  nightly: z.string(),
  startedAt: z.string(),
  commits: z.string().nullable(),
  /** Whether all jobs of the execution had been done before it started. */
  reused: z.boolean(),
  /** Over the seeds; geometric for variances. */
  mean: z.number(),
  low: z.number().nullable(),
  high: z.number().nullable(),
  interval: z.enum(['student', 'wilson']).nullable(),
  /** Test examples, or repeats, of one seed; null for a time. */
  n: count.nullable(),
  seeds: z.array(z.strictObject({ seed: z.int(), value: z.number() })),
  alarm: z.enum(['regression', 'improvement']).nullable(),
})
export type TrendPoint = z.infer<typeof trendPointSchema>

export const trendSchema = z.strictObject({
  plans: z.array(z.string()),
  /** What the latest execution of the plan measured. */
  choices: z.array(
    z.strictObject({
      dataset: z.string(),
      architecture: z.string(),
      measures: z.array(z.string()),
    }),
  ),
  /** What was chosen; null where nothing was measured yet. */
  chosen: z
    .strictObject({
      plan: z.string(),
      dataset: z.string(),
      architecture: z.string(),
      measure: z.string(),
      metric: subject.metric,
    })
    .nullable(),
  series: z.array(
    z.strictObject({
      arm: z.string(),
      variant: z.string(),
      /** The oldest first. */
      points: z.array(trendPointSchema),
    }),
  ),
})
export type Trend = z.infer<typeof trendSchema>
