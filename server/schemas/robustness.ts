import { z } from 'zod'
import { count, hash, identifier, interval, name, normSchema, share } from './primitives.ts'
import { leftOutSchema, seriesSchema, settingSchema } from './settings.ts'

/**
 * Accuracy under attack: curves, differences, gaps, flags and verdicts; shares and units as in
 * primitives.ts.
 */

export const robustnessQuerySchema = z.strictObject({
  dataset: name,
  architecture: name,
  norm: normSchema,
  attack: name.optional(),
  setting: hash.optional(),
})
export type RobustnessQuery = z.infer<typeof robustnessQuerySchema>

export const sourceSchema = z.strictObject({ arm: z.string(), architecture: z.string() })
/** Kind of model on which transferred examples were crafted. */
export type Source = z.infer<typeof sourceSchema>

export const curvePointSchema = z.strictObject({
  epsilon: z.number(),
  /** Test examples; each is judged once a seed. */
  n: count,
  /** Correct decisions, summed over the seeds. */
  correct: count,
  /** Mean over the seeds. */
  accuracy: share,
  ...interval,
  seeds: z.array(
    z.strictObject({
      seed: z.int(),
      model: identifier,
      evaluation: identifier.nullable(),
      n: count,
      correct: count,
      accuracy: share,
      ...interval,
    }),
  ),
})
export type CurvePoint = z.infer<typeof curvePointSchema>

export const curveSchema = z.strictObject({
  series: z.string(),
  attack: z.string(),
  /** Null: white-box, the examples were crafted on the judged model itself. */
  craftedOn: sourceSchema.nullable(),
  points: z.array(curvePointSchema),
})
export type Curve = z.infer<typeof curveSchema>

const paired = {
  attack: z.string(),
  epsilon: z.number(),
  n: count,
  seeds: z.array(z.int()),
  difference: z.number().min(-1).max(1),
  ...interval,
  p: share,
  /** Examples on which the first is right more often than the second, and the other way round. */
  better: count,
  worse: count,
  /** p of this comparison among all of the answer's at an ε above 0 (Holm); null at ε = 0. */
  holm: share.nullable(),
  /** With a trained pair as one value: spread, t-interval and t-test; null for one seed. */
  overSeeds: z.strictObject({ sd: z.number().min(0), ...interval, p: share }).nullable(),
  /** BCa interval over examples; null where it was not asked for. */
  bootstrap: z.strictObject(interval).nullable(),
  perSeed: z.array(
    z.strictObject({
      seed: z.int(),
      n: count,
      difference: z.number(),
      ...interval,
      p: share,
      better: count,
      worse: count,
    }),
  ),
}

/** Accuracy of a series minus that of another one: same examples, same seeds, white-box. */
export const differenceSchema = z.strictObject({
  series: z.string(),
  against: z.string(),
  ...paired,
})
export type Difference = z.infer<typeof differenceSchema>

/** Accuracy under transferred examples minus accuracy under white-box ones, same models. */
export const gapSchema = z.strictObject({ series: z.string(), craftedOn: sourceSchema, ...paired })
export type Gap = z.infer<typeof gapSchema>

export const flagSchema = z.strictObject({
  kind: z.enum([
    'black-box-beats-white-box',
    'rises-with-epsilon',
    'not-met-by-all',
    'seeds-incomplete',
    'seeds-differ',
    'examples-differ',
    'engines-differ',
    'left-out',
    'examples-missing',
  ]),
  series: z.string().nullable(),
  attack: z.string().nullable(),
  epsilon: z.number().nullable(),
  message: z.string(),
})
export type Flag = z.infer<typeof flagSchema>

export const verdictWord = z.enum(['real', 'masked', 'undecided'])
export type VerdictWord = z.infer<typeof verdictWord>

/** What the robustness checks say of one model in one ball. */
export const modelVerdictSchema = z.strictObject({
  model: identifier,
  epsilon: z.number(),
  verdict: verdictWord,
  /** Examples that the checks looked at. */
  n: count,
  reasons: z.array(z.string()),
})
export type ModelVerdict = z.infer<typeof modelVerdictSchema>

export const robustnessSchema = z.strictObject({
  norm: normSchema,
  /** How the intervals were made. */
  methods: z.strictObject({ accuracy: z.string(), difference: z.string(), worstCase: z.string() }),
  settings: z.array(settingSchema),
  setting: settingSchema.nullable(),
  /** Accuracy of guessing. */
  chance: share.nullable(),
  series: z.array(seriesSchema),
  leftOut: z.array(leftOutSchema),
  attacks: z.array(z.string()),
  epsilons: z.array(z.number()),
  curves: z.array(curveSchema),
  differences: z.array(differenceSchema),
  gaps: z.array(gapSchema),
  /** The latest of each checked model and radius. */
  verdicts: z.array(modelVerdictSchema),
  flags: z.array(flagSchema),
})
export type Robustness = z.infer<typeof robustnessSchema>
