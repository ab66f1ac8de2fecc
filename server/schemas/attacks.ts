import { z } from 'zod'
import { count, hash, interval, name, normSchema, share } from './primitives.ts'
import { transferGroupSchema } from './transfer.ts'

/** What the page of attacks takes and gives; shares and units as in primitives.ts. */

/** White-box attacks on the models of one architecture, with one norm and one radius. */
export const attacksQuerySchema = z.strictObject({
  dataset: name,
  architecture: name,
  /** What is left out is chosen: the norm and the radius with most evaluations. */
  norm: normSchema.optional(),
  epsilon: z.coerce.number().positive().optional(),
})
export type AttacksQuery = z.infer<typeof attacksQuerySchema>

/** Spread of values over examples: no confidence interval. */
const quantilesSchema = z.strictObject({
  n: count,
  mean: z.number(),
  p10: z.number(),
  p25: z.number(),
  median: z.number(),
  p75: z.number(),
  p90: z.number(),
})
export type Quantiles = z.infer<typeof quantilesSchema>

/** One attack with one set of options. */
const attack = {
  attack: z.string(),
  options: z.string(),
  /** The options that tell it from others of its name; empty where there are none. */
  variant: z.string(),
  setting: z.enum(['evasion', 'poisoning']),
}

/** One attack on the models of one group. */
export const attackRowSchema = z.strictObject({
  ...attack,
  group: z.string(),
  evaluations: count,
  /** Over all evaluations, as the counts that follow. */
  n: count,
  successful: count,
  failed: count,
  /** Misclassified without attack. */
  skipped: count,
  /** successful / (successful + failed), Wilson 95 % clustered by example; null where all are skipped. */
  success: z.strictObject({ rate: share, ...interval }).nullable(),
  /** With a model as one value: spread and Student's 95 % interval; null for one model. */
  overSeeds: z.strictObject({ sd: z.number().min(0), ...interval }).nullable(),
  perSeed: z.array(
    z.strictObject({ seed: z.int(), model: z.string(), evaluation: z.string(), rate: share }),
  ),
  /** Model calls of an example that is not skipped; null where all are. */
  queries: quantilesSchema.nullable(),
  /** Of the whole evaluation, divided by its examples. */
  secondsPerExample: z.number().min(0),
  /** Size of the changes that broke an example; null where the measure does not apply. */
  changes: z.strictObject({
    linf: quantilesSchema.nullable(),
    l2: quantilesSchema.nullable(),
    l1: quantilesSchema.nullable(),
    /** Share of a text's words. */
    words: quantilesSchema.nullable(),
    edges: quantilesSchema.nullable(),
    entries: quantilesSchema.nullable(),
  }),
  /** Of a composed attack: what each part broke of what those before it had left, over all models. */
  parts: z.array(
    z.strictObject({
      part: z.string(),
      broken: count,
      /** Robust accuracy after the part: the mean over models. */
      left: share,
      /** Student's 95 % over models; Wilson's where there is one. */
      ...interval,
      perSeed: z.array(share),
    }),
  ),
})
export type AttackRow = z.infer<typeof attackRowSchema>

export const attacksSchema = z.strictObject({
  methods: z.strictObject({ success: z.string(), overSeeds: z.string(), quantiles: z.string() }),
  norms: z.array(normSchema),
  epsilons: z.array(z.number()),
  chosen: z.strictObject({ norm: normSchema, epsilon: z.number() }).nullable(),
  groups: z.array(transferGroupSchema),
  rows: z.array(attackRowSchema),
})
export type Attacks = z.infer<typeof attacksSchema>

export const convergenceQuerySchema = z.strictObject({
  ...attacksQuerySchema.shape,
  /** One set of options of an attack, as `/attacks` names it; the first where it is left out. */
  options: hash.optional(),
})
export type ConvergenceQuery = z.infer<typeof convergenceQuerySchema>

/** Half the iterations left more than the tolerance above what all of them leave. */
export const unconvergedSchema = z.strictObject({
  seed: z.int(),
  model: z.string(),
  /** Robust accuracy after this iteration, and after the last. */
  iteration: count,
  before: share,
  after: share,
  tolerance: z.number(),
})
export type Unconverged = z.infer<typeof unconvergedSchema>

export const convergenceCurveSchema = z.strictObject({
  group: z.string(),
  part: z.string(),
  position: count,
  /** What the part raises: ce, margin or dlr. */
  lossName: z.string(),
  /** Whether the last point is a graph drawn in the end, and those before it relaxed ones. */
  drawn: z.boolean(),
  points: z.array(
    z.strictObject({
      /** Iterates looked at so far, through all restarts. */
      iteration: z.int().min(1),
      /** Test examples of each model. */
      n: count,
      /** Mean over the models. */
      accuracy: share,
      /** Student's 95 % over models; Wilson's where there is one. */
      ...interval,
      /** Mean of the highest loss so far, of the models that have one; null where none has. */
      loss: z.number().nullable(),
      lossLow: z.number().nullable(),
      lossHigh: z.number().nullable(),
      seeds: z.array(
        z.strictObject({
          seed: z.int(),
          model: z.string(),
          accuracy: share,
          loss: z.number().nullable(),
          attacked: count,
        }),
      ),
    }),
  ),
  unconverged: z.array(unconvergedSchema),
})
export type ConvergenceCurve = z.infer<typeof convergenceCurveSchema>

export const convergenceSchema = z.strictObject({
  methods: z.strictObject({ accuracy: z.string(), loss: z.string(), unconverged: z.string() }),
  chosen: z
    .strictObject({ norm: normSchema, epsilon: z.number(), options: z.string().nullable() })
    .nullable(),
  /** Attacks whose iterations are kept. */
  attacks: z.array(z.strictObject({ ...attack, evaluations: count })),
  /** Attacks that iterate but were run before their iterations were kept. */
  withoutIterations: z.array(z.string()),
  groups: z.array(transferGroupSchema),
  curves: z.array(convergenceCurveSchema),
})
export type Convergence = z.infer<typeof convergenceSchema>
