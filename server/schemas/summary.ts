import { z } from 'zod'
import { count, identifier } from './primitives.ts'

/** Health, counts and what can be chosen; shares and units as in primitives.ts. */

export const healthSchema = z.strictObject({ status: z.literal('ok'), models: count })
export type Health = z.infer<typeof healthSchema>

export const nightlySchema = z.strictObject({
  id: identifier,
  plan: z.string(),
  state: z.enum(['running', 'done', 'interrupted', 'failed']),
  startedAt: z.string(),
  endedAt: z.string().nullable(),
  jobs: z.strictObject({
    total: count,
    done: count,
    failed: count,
    running: count,
    waiting: count,
    reused: count,
  }),
})
export type Nightly = z.infer<typeof nightlySchema>

export const summarySchema = z.strictObject({
  counts: z.strictObject({
    models: count,
    diverged: count,
    evaluations: count,
    examples: count,
    probes: count,
  }),
  /** What can be chosen together: one entry a data set and architecture. */
  groups: z.array(
    z.strictObject({
      dataset: z.string(),
      architecture: z.string(),
      arms: z.array(z.string()),
      models: count,
      norms: z.array(z.string()),
      attacks: z.array(z.string()),
      probes: count,
    }),
  ),
  datasets: z.array(z.string()),
  architectures: z.array(z.string()),
  arms: z.array(z.string()),
  norms: z.array(z.string()),
  attacks: z.array(z.string()),
  engines: z.array(z.string()),
  nightly: nightlySchema.nullable(),
})
export type Summary = z.infer<typeof summarySchema>
