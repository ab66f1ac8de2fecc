import { z } from 'zod'
import { count, share } from './primitives.ts'
import { learningPointSchema, runSchema } from './runs.ts'

/** Most runs that can be told apart in one chart. */
export const MOST_RUNS = 8

export const compareQuerySchema = z.strictObject({
  /** Ids with commas between them. */
  runs: z
    .string()
    .regex(
      new RegExp(`^[A-Za-z0-9_-]{1,128}(,[A-Za-z0-9_-]{1,128}){1,${MOST_RUNS - 1}}$`),
      `two to ${MOST_RUNS} ids of runs with commas between them`,
    ),
})

/** One value of the configuration, environment or outcome of every run, in the order asked for. */
export const comparedLeafSchema = z.strictObject({
  /** e.g. `training.batch`. */
  path: z.string(),
  /** What a run does not have is null. */
  values: z.array(z.unknown()),
  differs: z.boolean(),
})
export type ComparedLeaf = z.infer<typeof comparedLeafSchema>

/** Accuracy of one run minus that of the first, on the examples on which both were judged. */
export const comparedDifferenceSchema = z.strictObject({
  n: count,
  difference: z.number().min(-1).max(1),
  /** Agresti and Min's 95 % interval. */
  low: z.number(),
  high: z.number(),
  /** Exact McNemar, two-sided. */
  p: share,
  /** The same adjusted for all differences of the answer (Holm). */
  holm: share,
  better: count,
  worse: count,
})
export type ComparedDifference = z.infer<typeof comparedDifferenceSchema>

/** One attack with one budget on every run that met it. */
export const comparedResultSchema = z.strictObject({
  attack: z.string(),
  /** The options that tell it from others of its name in this answer; empty if there are none. */
  variant: z.string(),
  norm: z.string(),
  epsilon: z.number(),
  setting: z.enum(['evasion', 'poisoning']),
  /** Null where each run was attacked through itself. */
  craftedOn: z.strictObject({ arm: z.string(), architecture: z.string() }).nullable(),
  /** In the order of the runs; null where a run did not meet it. */
  evaluations: z.array(
    z
      .strictObject({
        id: z.string(),
        n: count,
        correct: count,
        accuracy: share,
        /** Wilson 95 % interval. */
        low: share,
        high: share,
      })
      .nullable(),
  ),
  /** Against the first run; null for the first itself and where no example is shared. */
  differences: z.array(comparedDifferenceSchema.nullable()),
})
export type ComparedResult = z.infer<typeof comparedResultSchema>

/** Runs side by side. */
export const compareSchema = z.strictObject({
  runs: z.array(runSchema),
  leaves: z.array(comparedLeafSchema),
  results: z.array(comparedResultSchema),
  /** The learning curve of every run. */
  curves: z.array(z.array(learningPointSchema)),
})
export type Comparison = z.infer<typeof compareSchema>
