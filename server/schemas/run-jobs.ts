import { z } from 'zod'
import { count, json } from './primitives.ts'

const state = z.enum(['waiting', 'running', 'done', 'failed'])

/** A job that made a run, or that needed it. */
export const runJobSchema = z.strictObject({
  id: z.string(),
  kind: z.string(),
  title: z.string(),
  state,
  attempts: count,
  /** Why it failed, one line. */
  error: z.string().nullable(),
  worker: z.string().nullable(),
  startedAt: z.string().nullable(),
  endedAt: z.string().nullable(),
  seconds: z.number().nullable(),
})
export type RunJob = z.infer<typeof runJobSchema>

/** The work behind one run. */
export const runJobsSchema = z.strictObject({
  /** The job that made it; null if the database has none. */
  job: runJobSchema.nullable(),
  /** Everything that this job depends on; null with it. */
  config: json.nullable(),
  /** How many jobs needed the run, by kind and state. */
  dependents: z.array(z.strictObject({ kind: z.string(), state, jobs: count })),
  /** Those of them that failed. */
  failed: z.array(runJobSchema),
  /** The executions of plans that asked for it, the latest first. */
  executions: z.array(
    z.strictObject({
      id: z.string(),
      plan: z.string(),
      state: z.enum(['running', 'done', 'interrupted', 'failed']),
      startedAt: z.string(),
      endedAt: z.string().nullable(),
    }),
  ),
})
export type RunJobs = z.infer<typeof runJobsSchema>
