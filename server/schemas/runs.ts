import { z } from 'zod'
import { probeSchema } from './gradients.ts'
import {
  count,
  hash,
  identifier,
  interval,
  json,
  name,
  normSchema,
  pageOf,
  share,
} from './primitives.ts'
import { verdictWord } from './robustness.ts'

/** Lists of runs, and all of one run; shares and units as in primitives.ts. */

export const runSortSchema = z.enum([
  'created',
  'dataset',
  'architecture',
  'arm',
  'seed',
  'accuracy',
  'updates',
  'forwards',
  'seconds',
])
export type RunSort = z.infer<typeof runSortSchema>

export const runsQuerySchema = z.strictObject({
  dataset: name.optional(),
  architecture: name.optional(),
  arm: name.optional(),
  state: z.enum(['trained', 'diverged']).optional(),
  sort: runSortSchema.default('created'),
  order: z.enum(['asc', 'desc']).default('desc'),
  cursor: z.string().min(1).max(1000).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
})
export type RunsQuery = z.infer<typeof runsQuerySchema>

export const runSchema = z.strictObject({
  id: identifier,
  dataset: z.string(),
  architecture: z.string(),
  arm: z.string(),
  seed: z.int(),
  state: z.enum(['trained', 'diverged']),
  updates: count,
  forwards: z.number(),
  seconds: z.number(),
  cleanAccuracy: share.nullable(),
  /** Wilson 95 % interval over the whole test split; null if diverged. */
  cleanLow: share.nullable(),
  cleanHigh: share.nullable(),
  testCount: count,
  evaluations: count,
  engine: z.string(),
  createdAt: z.string(),
})
export type Run = z.infer<typeof runSchema>

export const runsSchema = pageOf(runSchema)
export type Runs = z.infer<typeof runsSchema>

export const runParamsSchema = z.strictObject({ id: hash })

export const learningPointSchema = z.strictObject({
  updates: count,
  epoch: z.number(),
  forwards: z.number(),
  seconds: z.number(),
  trainLoss: z.number().nullable(),
  testAccuracy: z.number().nullable(),
  learningRate: z.number(),
  gradientNorm: z.number().nullable(),
})
export type LearningPoint = z.infer<typeof learningPointSchema>

export const runEvaluationSchema = z.strictObject({
  id: identifier,
  attack: z.string(),
  norm: z.string(),
  epsilon: z.number(),
  attackConfig: json,
  seed: z.int(),
  craftedOn: z.strictObject({
    id: identifier,
    arm: z.string(),
    architecture: z.string(),
    seed: z.int(),
    self: z.boolean(),
  }),
  n: count,
  cleanCorrect: count,
  robustCorrect: count,
  robustAccuracy: share,
  ...interval,
  /** Whether the trained model met the change, or a model was trained on it. */
  setting: z.enum(['evasion', 'poisoning']),
  /** Mean share of words changed in the successful texts; null for what is no text. */
  changedWordRate: share.nullable(),
  /** Mean over what was attacked; null for what is no graph. */
  changedEdges: z.number().nullable(),
  changedEntries: z.number().nullable(),
  queriesMean: z.number(),
  seconds: z.number(),
  createdAt: z.string(),
  /** check: made for the robustness checks alone. */
  purpose: z.enum(['comparison', 'check']),
  /** The noise that the model kept at inference, and its draws; null for the plain pass. */
  inference: json.nullable(),
})
export type RunEvaluation = z.infer<typeof runEvaluationSchema>

/** One verdict on a run with every finding; docs/checks.md has a section for each check's name. */
export const runVerdictSchema = z.strictObject({
  id: identifier,
  norm: normSchema,
  epsilon: z.number(),
  n: count,
  verdict: verdictWord,
  reasons: z.array(z.string()),
  seconds: z.number(),
  createdAt: z.string(),
  findings: z.array(
    z.strictObject({
      number: count,
      name: z.string(),
      part: z.string().nullable(),
      /** masking and validity decide the verdict, report is told beside it. */
      meaning: z.enum(['masking', 'validity', 'report']),
      verdict: z.enum(['passed', 'failed', 'not applicable', 'not measured']),
      value: z.number().nullable(),
      threshold: z.number().nullable(),
      detail: z.string(),
      /** Ids of the evaluations that were compared. */
      evaluations: z.array(z.string()),
    }),
  ),
})
export type RunVerdict = z.infer<typeof runVerdictSchema>

/** Accuracy on images with one kind of natural corruption at one severity. */
export const runCorruptionSchema = z.strictObject({
  /** The job that measured it: all its rows are about the same images. */
  job: identifier,
  corruption: z.string(),
  severity: z.int().min(1).max(5),
  seed: z.int(),
  n: count,
  cleanAccuracy: share,
  accuracy: share,
  ...interval,
})
export type RunCorruption = z.infer<typeof runCorruptionSchema>

/** Share of examples that randomized smoothing certifies within one L2 radius. */
export const runCertifiedSchema = z.strictObject({
  certification: identifier,
  sigma: z.number(),
  /** Noisy copies that chose the class, and that bounded its probability. */
  selection: count,
  estimation: count,
  alpha: z.number(),
  seed: z.int(),
  n: count,
  abstained: count,
  seconds: z.number(),
  radius: z.number(),
  certified: count,
  accuracy: share,
  ...interval,
})
export type RunCertified = z.infer<typeof runCertifiedSchema>

export const runDetailSchema = z.strictObject({
  run: runSchema,
  /** Null for a black box. */
  parameters: count.nullable(),
  pairId: z.string(),
  checkpointSha256: z.string().nullable(),
  weightsSha256: z.string().nullable(),
  configuration: z.strictObject({ architecture: json, estimator: json, training: json }),
  dataset: z.strictObject({
    id: z.string(),
    name: z.string(),
    trainCount: count,
    testCount: count,
    shape: z.array(z.number()),
    classes: z.array(z.string()),
    licence: z.string(),
    sha256: z.string(),
  }),
  environment: z.strictObject({
    id: z.string(),
    engine: z.string(),
    versions: json,
    threads: count,
    device: z.string(),
    settings: json,
    nodeVersion: z.string(),
    gauntletVersion: z.string(),
    commit: z.string().nullable(),
  }),
  curve: z.array(learningPointSchema),
  evaluations: z.array(runEvaluationSchema),
  verdicts: z.array(runVerdictSchema),
  corruptions: z.array(runCorruptionSchema),
  certified: z.array(runCertifiedSchema),
  probes: z.array(probeSchema),
  /** The other models of the same pair: same everything but the arm. */
  pair: z.array(
    z.strictObject({
      id: identifier,
      arm: z.string(),
      seed: z.int(),
      state: z.enum(['trained', 'diverged']),
      cleanAccuracy: share.nullable(),
    }),
  ),
  /** Command line that trains the run again and compares. */
  /** Null for a model that was not trained here: imported, or an ensemble. */
  reproduce: z.string().nullable(),
})
export type RunDetail = z.infer<typeof runDetailSchema>
