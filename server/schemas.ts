import { z } from 'zod'

/**
 * Everything the API takes and gives, as zod schemas: queries are validated with them, the types of
 * the web page come from them, and tests parse every response with them.
 *
 * Accuracies are shares in [0, 1]; epsilon is in the units of its norm, of images in units of the
 * pixel range [0, 1]; times are
 * ISO 8601 in UTC; durations are in the unit that the field is named after.
 */

const count = z.int().min(0)

/** One page of a list: how many there are in all, and where the next page begins, if there is one. */
export const pageOf = <Item extends z.ZodType>(item: Item) =>
  z.strictObject({ total: count, items: z.array(item), nextCursor: z.string().nullable() })
const share = z.number().min(0).max(1)
const json = z.record(z.string(), z.unknown())
const identifier = z.string().min(1).max(128)

/** Name of a data set, architecture, arm or attack, as it may stand in a query. */
const name = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'a name: letters, digits, . _ -')
const hash = z.string().regex(/^[A-Za-z0-9_-]{1,128}$/, 'an identifier: letters, digits, _ -')

/** How a change is measured, see `EvaluationTable.norm`. */
export const normSchema = z.enum(['linf', 'l2', 'l1', 'words', 'edges', 'entries', 'changes'])
export type Norm = z.infer<typeof normSchema>

/* ---- health and summary ---- */

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

/* ---- settings: groups of matched models ---- */

/** Models trained alike: same data, architecture and training; they differ in arm and seed. */
export const settingSchema = z.strictObject({
  id: z.string(),
  datasetId: z.string(),
  dataset: z.string(),
  trainCount: count,
  testCount: count,
  classes: count,
  architecture: z.string(),
  architectureConfig: json,
  trainingConfig: json,
  models: count,
  createdAt: z.string(),
})
export type Setting = z.infer<typeof settingSchema>

/** One arm with one set of estimator options. */
export const seriesSchema = z.strictObject({
  /** The arm's name; followed by the options that tell it apart if the arm occurs twice. */
  key: z.string(),
  arm: z.string(),
  variant: z.string(),
  estimator: json,
  models: z.array(
    z.strictObject({
      id: identifier,
      seed: z.int(),
      cleanAccuracy: share.nullable(),
      engine: z.string(),
    }),
  ),
})
export type Series = z.infer<typeof seriesSchema>

export const leftOutSchema = z.strictObject({
  id: identifier,
  arm: z.string(),
  seed: z.int(),
  reason: z.enum(['diverged', 'no partner']),
})

/* ---- robustness ---- */

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

const interval = { low: z.number(), high: z.number() }

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

const verdictWord = z.enum(['real', 'masked', 'undecided'])
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

/* ---- gradients ---- */

export const gradientsQuerySchema = z.strictObject({
  dataset: name,
  architecture: name,
  setting: hash.optional(),
})
export type GradientsQuery = z.infer<typeof gradientsQuerySchema>

/** A bias, and the smallest one that could be told from none; null where not measured. */
const biasSchema = z.strictObject({ value: z.number(), resolution: z.number() }).nullable()
export type Bias = z.infer<typeof biasSchema>

export const probeSchema = z.strictObject({
  id: identifier,
  model: identifier,
  architecture: z.string(),
  /** Layers with parameters. */
  depth: count.nullable(),
  /** A resnet's own width, else units of the widest layer before the last. */
  width: count.nullable(),
  arm: z.string(),
  /** How the model was trained, in words that tell one training from another. */
  training: z.string(),
  seed: z.int(),
  engine: z.string(),
  estimator: z.string(),
  /** The estimator's options; null where they were not kept. */
  options: json.nullable(),
  copies: count,
  sigma: z.number(),
  repeats: count,
  batch: count,
  site: z.string(),
  siteIndex: count,
  siteKind: z.string(),
  parameters: count,
  referenceNorm: z.number(),
  variance: z.number(),
  relativeVariance: z.number().nullable(),
  cosineMean: z.number().nullable(),
  cosineSd: z.number().nullable(),
  cosineOfMean: z.number().nullable(),
  biasClean: biasSchema,
  /** Against the gradient of the smoothed objective; all null where it was not asked for. */
  referenceCopies: count.nullable(),
  smoothedNorm: z.number().nullable(),
  cosineSmoothed: z.number().nullable(),
  biasSmoothed: biasSchema,
  milliseconds: z.number(),
  forwards: z.number().nullable(),
  /** Relative variance × milliseconds. */
  varianceTime: z.number().nullable(),
})
export type Probe = z.infer<typeof probeSchema>

export const gradientsSchema = z.strictObject({
  settings: z.array(settingSchema),
  setting: settingSchema.nullable(),
  probes: z.array(probeSchema),
})
export type Gradients = z.infer<typeof gradientsSchema>

export const sweepQuerySchema = z.strictObject({ dataset: name })
export type SweepQuery = z.infer<typeof sweepQuerySchema>

/** Every probe on a data set, whatever the architecture and the training. */
export const sweepSchema = z.strictObject({ probes: z.array(probeSchema) })
export type Sweep = z.infer<typeof sweepSchema>

export const stepsQuerySchema = z.strictObject({ dataset: name })
export type StepsQuery = z.infer<typeof stepsQuerySchema>

/**
 * Norm of the gradient of an example's loss for the pre-activation at one step: the geometric mean
 * over the models in which it could be told, how many these are, and every model's own, in the order
 * of `models`.
 */
const stepNormSchema = z.strictObject({
  mean: z.number().min(0).nullable(),
  n: count,
  seeds: z.array(z.number().min(0).nullable()),
})
export type StepNorm = z.infer<typeof stepNormSchema>

/** Models that differ in the seed alone, at one recurrent site and with one estimator. */
export const stepGroupSchema = z.strictObject({
  id: identifier,
  architecture: z.string(),
  arm: z.string(),
  site: z.string(),
  /** What tells it from other groups of its architecture, arm and site; empty if it is alone. */
  variant: z.string(),
  training: z.string(),
  engine: z.string(),
  copies: count,
  sigma: z.number(),
  /** Independent estimates of each model, and examples in the batch; the least of the models. */
  repeats: count,
  batch: count,
  /** Accuracy of guessing. */
  chance: share,
  /** Mean over the models, over the whole test split. */
  cleanAccuracy: share.nullable(),
  models: z.array(
    z.strictObject({
      id: identifier,
      seed: z.int(),
      /** Models of one pair were trained alike but for the arm. */
      pair: z.string(),
      probe: identifier,
      repeats: count,
      cleanAccuracy: share.nullable(),
    }),
  ),
  steps: z.array(
    z.strictObject({
      /** From 0. */
      step: count,
      backprop: stepNormSchema,
      /** Of one likelihood-ratio estimate, its noise included. */
      estimate: stepNormSchema,
      /** Of what the estimates have in common; a model's own is null where it is below their noise. */
      signal: stepNormSchema,
    }),
  ),
})
export type StepGroup = z.infer<typeof stepGroupSchema>

/** Every gradient by step on a data set. */
export const stepsSchema = z.strictObject({ groups: z.array(stepGroupSchema) })
export type Steps = z.infer<typeof stepsSchema>

/* ---- runs ---- */

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

/* ---- errors ---- */

/** RFC 9457 problem details. */
export const problemSchema = z.strictObject({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  requestId: z.string(),
  /** The query or path parameters at fault. */
  errors: z.array(z.strictObject({ field: z.string(), message: z.string() })).optional(),
})
export type Problem = z.infer<typeof problemSchema>
