import { z } from 'zod'
import { architectureSchema } from '../../models/architecture.ts'
import { partialEncodingSchema } from '../data/text/encode.ts'
import { estimatorSchema, noisyEstimatorSchema } from '../training/estimators/create-estimator.ts'
import { trainingSchema } from '../training/train.ts'
import { attackEntrySchema } from './attack-entry.ts'
import { checkRequestSchema } from './check-jobs.ts'
import { corruptionsSchema } from './corruptions.ts'
import { plannedSmoothingSchema } from './smoothing.ts'
import { sweepSchema, swept } from './sweep.ts'
import { varied, varySchema } from './vary.ts'

const count = z.int().min(1)
const seed = z.int()

const dataSchema = z.strictObject({
  name: z.string(),
  /** First training examples to use; all when left out. */
  train: count.optional(),
  /** First test examples to use; all when left out. */
  test: count.optional(),
  /** Seed of a generated set. */
  seed: seed.default(0),
  /** How texts become token ids; the length of generated sequences. */
  encoding: partialEncodingSchema.exactOptional(),
})

/** Matched models: everything but the arm is shared; with `vary`, one group for each size. */
const groupSchema = z
  .strictObject({
    data: dataSchema,
    architecture: architectureSchema,
    vary: varySchema.default({}),
    training: trainingSchema,
    arms: z.array(estimatorSchema).min(1),
    /** Each seed fixes initial weights, data order and noise of one set of matched models. */
    seeds: z.array(seed).min(1).default([0]),
  })
  .transform(({ vary, ...group }, context) =>
    varied(group.architecture, vary, (size, message) =>
      context.addIssue({ code: 'custom', path: ['vary', size], message }),
    ).map(architecture => ({ ...group, architecture })),
  )

const probeSchema = z
  .strictObject({
    estimators: z.array(noisyEstimatorSchema).min(1),
    sweep: sweepSchema.default({}),
    /** First training examples that the gradient is estimated on. */
    batch: count.default(100),
    /** Independent estimates. */
    repeats: z.int().min(2).default(20),
    /**
     * Noisy copies behind the gradient of the smoothed objective, which estimates are then compared
     * to besides the backprop gradient; null leaves that out.
     */
    reference: z
      .strictObject({ copies: count.max(1e6) })
      .nullable()
      .default(null),
    seed: seed.default(0),
    /** Whether the estimators lr-logit also measure every step of recurrent sites. */
    steps: z.boolean().default(false),
  })
  .transform(({ sweep, ...probe }, context) => ({
    ...probe,
    estimators: swept(probe.estimators, sweep, (path, message) =>
      context.addIssue({ code: 'custom', path: ['sweep', ...path], message }),
    ),
  }))

/** A plan: which models to train, how to attack them, which gradients to measure. */
export const planSchema = z.strictObject({
  name: z.string().regex(/^[a-z0-9][a-z0-9._-]*$/, 'lower-case letters, digits, . _ and -'),
  description: z.string().default(''),
  models: z
    .array(groupSchema)
    .min(1)
    .transform(groups => groups.flat()),
  attacks: z.array(attackEntrySchema).default([]),
  /** First test examples that are attacked; with 0 no model is evaluated. */
  examples: z.int().min(0).default(500),
  /** Seed of the attacks' random numbers. */
  attackSeed: seed.default(0),
  /** Whether each model is judged on the examples crafted on the others of the same data set. */
  transfer: z.enum(['none', 'same-seed', 'all']).default('all'),
  /**
   * Whether each model is also judged on examples crafted on several others of the same data set at
   * once: those of the other arms with the same seed (`arms`), or with other seeds (`seeds`).
   */
  ensembles: z.enum(['none', 'arms', 'seeds']).default('none'),
  /** Which robustness is checked for being real, of every model on images; none when null. */
  checks: checkRequestSchema.nullable().default(null),
  probe: probeSchema.nullable().default(null),
  /** Natural corruptions that models of images are judged on; null leaves that out. */
  corruptions: corruptionsSchema.nullable().default(null),
  /** Randomized smoothing that models of images are certified by; null leaves that out. */
  smoothing: plannedSmoothingSchema.nullable().default(null),
})

/** A plan as it is written. */
export type PlanInput = z.input<typeof planSchema>

/** A plan with all defaults filled in, and everything crossed. */
export type Plan = z.output<typeof planSchema>
