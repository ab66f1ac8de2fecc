import { z } from 'zod'
import { count, hash, interval, name, normSchema, share } from './primitives.ts'
import { flagSchema } from './robustness.ts'

/** What the matrix of transfer takes and gives; shares and units as in primitives.ts. */

/**
 * Which pairs of source and target count: of the same seed, of different ones, or all; a model under
 * its own attack always does.
 */
export const seedsSchema = z.enum(['same', 'other', 'all'])
export type Seeds = z.infer<typeof seedsSchema>

export const transferQuerySchema = z.strictObject({
  dataset: name,
  /** Both source and target; all where it is left out. */
  architecture: name.optional(),
  /** What is left out is chosen: the norm, attack and radius with most transferred examples. */
  norm: normSchema.optional(),
  attack: name.optional(),
  epsilon: z.coerce.number().positive().optional(),
  /** Options of the attack, where it was run with several. */
  options: hash.optional(),
  seeds: seedsSchema.default('same'),
})
export type TransferQuery = z.infer<typeof transferQuerySchema>

/** Models that differ in the seed alone. */
export const transferGroupSchema = z.strictObject({
  id: z.string(),
  architecture: z.string(),
  arm: z.string(),
  /** The options that tell it from others of its architecture and arm; empty where there are none. */
  variant: z.string(),
  /** Of an ensemble: what it is made of; null otherwise. */
  members: z.array(z.strictObject({ architecture: z.string(), arm: z.string() })).nullable(),
  seeds: z.array(z.int()),
})
export type TransferGroup = z.infer<typeof transferGroupSchema>

/** With a trained model as one value: spread and Student's 95 % interval; null for one model. */
const overSeeds = z.strictObject({ sd: z.number().min(0), ...interval }).nullable()

const accuracy = {
  /** Test examples that all of these evaluations judged. */
  n: count,
  evaluations: count,
  accuracy: share,
  /** Wilson 95 % over examples, clustered by example. */
  ...interval,
  overSeeds,
  /** One entry a model that is judged; a mean where several sources stand behind it. */
  perSeed: z.array(z.strictObject({ seed: z.int(), model: z.string(), accuracy: share })),
}

export const transferCellSchema = z.strictObject({
  source: z.string(),
  target: z.string(),
  /** The examples were crafted on the judged model itself. */
  whiteBox: z.boolean(),
  ...accuracy,
})
export type TransferCell = z.infer<typeof transferCellSchema>

/** Accuracy on the same examples without attack. */
export const cleanCellSchema = z.strictObject({ target: z.string(), ...accuracy })
export type CleanCell = z.infer<typeof cleanCellSchema>

const comparison = {
  n: count,
  difference: z.number().min(-1).max(1),
  /** Agresti-Min 95 %, clustered by example. */
  ...interval,
  /** Exact McNemar, two-sided. */
  p: share,
  overSeeds,
}

/** Accuracy under transferred examples minus accuracy under white-box ones, same models. */
export const transferGapSchema = z.strictObject({
  source: z.string(),
  target: z.string(),
  ...comparison,
  /** p adjusted for all of this answer. */
  holm: share,
  seeds: z.array(z.int()),
})
export type TransferGap = z.infer<typeof transferGapSchema>

/** The source whose examples a target gets wrong most often, itself left out. */
export const bestSourceSchema = z.strictObject({
  target: z.string(),
  source: z.string(),
  accuracy: share,
  ...interval,
  /** The second, and how much more it leaves on the same examples and models. */
  next: z
    .strictObject({ source: z.string(), n: count, difference: z.number(), ...interval })
    .nullable(),
})
export type BestSource = z.infer<typeof bestSourceSchema>

/** One set of options that an attack was run with. */
export const attackOptionsSchema = z.strictObject({
  id: z.string(),
  /** The options that tell it from the others; empty where there is but one. */
  variant: z.string(),
  evaluations: count,
})
export type AttackOptionsChoice = z.infer<typeof attackOptionsSchema>

export const transferSchema = z.strictObject({
  methods: z.strictObject({ accuracy: z.string(), overSeeds: z.string(), gap: z.string() }),
  /** What can be chosen. */
  architectures: z.array(z.string()),
  norms: z.array(normSchema),
  attacks: z.array(z.string()),
  epsilons: z.array(z.number()),
  options: z.array(attackOptionsSchema),
  /** What was asked for or chosen; null where there is nothing. */
  chosen: z
    .strictObject({
      architecture: z.string().nullable(),
      norm: normSchema,
      attack: z.string(),
      epsilon: z.number(),
      options: z.string(),
      seeds: seedsSchema,
    })
    .nullable(),
  sources: z.array(transferGroupSchema),
  targets: z.array(transferGroupSchema),
  clean: z.array(cleanCellSchema),
  cells: z.array(transferCellSchema),
  gaps: z.array(transferGapSchema),
  best: z.array(bestSourceSchema),
  flags: z.array(flagSchema),
})
export type Transfer = z.infer<typeof transferSchema>
