import { z } from 'zod'
import { count, json, name, normSchema, share } from './primitives.ts'
import { settingSchema } from './settings.ts'

/**
 * What the gallery of adversarial examples takes and gives. A choice that does not exist falls back
 * to one that does; `chosen` says which.
 */

/** An identifier that may become a file's name: without slashes, and it does not start with a dot. */
export const fileNameSchema = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/, 'an identifier: letters, digits, . _ -')

/** Which examples are shown, of those that all models were judged on. */
export const galleryFilterSchema = z.enum(['all', 'broken', 'one', 'held', 'wrong'])
export type GalleryFilter = z.infer<typeof galleryFilterSchema>

/** Most examples on a page, and in one answer with contents. */
const mostExamples = 48

export const galleryQuerySchema = z.strictObject({
  dataset: name,
  architecture: name,
  setting: fileNameSchema.optional(),
  seed: z.coerce.number().int().optional(),
  attack: name.optional(),
  norm: normSchema.optional(),
  epsilon: z.coerce.number().min(0).optional(),
  /** `white-box`, or the architecture and arm crafted on: `lenet:bp`. */
  source: z
    .string()
    .regex(/^[A-Za-z0-9._-]{1,64}(:[A-Za-z0-9._-]{1,64})?$/, 'white-box, or architecture:arm')
    .optional(),
  variant: fileNameSchema.optional(),
  filter: galleryFilterSchema.default('all'),
  /** Place in the test split of the first example that may be shown. */
  from: z.coerce.number().int().min(0).default(0),
  limit: z.coerce.number().int().min(1).max(mostExamples).default(12),
})
export type GalleryQuery = z.infer<typeof galleryQuerySchema>

/** What is shown: pictures, texts, or nodes of a graph. */
export const contentKindSchema = z.enum(['images', 'sequences', 'graph'])
export type ContentKind = z.infer<typeof contentKindSchema>

/** One matched model under the chosen attack. */
export const galleryColumnSchema = z.strictObject({
  evaluation: z.string(),
  model: z.string(),
  arm: z.string(),
  /** The arm, and the options that tell two models of an arm apart. */
  series: z.string(),
  craftedOn: z.strictObject({
    id: z.string(),
    arm: z.string(),
    architecture: z.string(),
    seed: z.int(),
    self: z.boolean(),
  }),
  attackConfig: json,
  n: count,
  cleanCorrect: count,
  robustCorrect: count,
  /** robustCorrect / n with its Wilson 95 % interval. */
  robustAccuracy: share,
  low: share,
  high: share,
})
export type GalleryColumn = z.infer<typeof galleryColumnSchema>

/** What one model made of one example; norms are null for what is no image, words for no text … */
export const galleryOutcomeSchema = z.strictObject({
  cleanPrediction: count,
  adversarialPrediction: count,
  /** Right without attack and wrong under it. */
  success: z.boolean(),
  linf: z.number().nullable(),
  l2: z.number().nullable(),
  l1: z.number().nullable(),
  /** Model calls. */
  queries: z.number(),
  /** The part of a composed attack that broke it. */
  component: z.string().nullable(),
  words: count.nullable(),
  changedWords: count.nullable(),
  changedEdges: count.nullable(),
  changedEntries: count.nullable(),
})
export type GalleryOutcome = z.infer<typeof galleryOutcomeSchema>

export const galleryItemSchema = z.strictObject({
  /** Place in the test split. */
  example: count,
  label: count,
  /** One a column, in their order. */
  outcomes: z.array(galleryOutcomeSchema),
})
export type GalleryItem = z.infer<typeof galleryItemSchema>

export const gallerySchema = z.strictObject({
  kind: contentKindSchema.nullable(),
  classes: z.array(z.string()),
  choices: z.strictObject({
    settings: z.array(settingSchema),
    seeds: z.array(z.int()),
    attacks: z.array(z.string()),
    norms: z.array(normSchema),
    epsilons: z.array(z.number()),
    sources: z.array(z.string()),
    /** Options of the attack, noise at inference or poisoning, where all else is equal. */
    variants: z.array(z.strictObject({ id: z.string(), title: z.string() })),
  }),
  /** Null where nothing can be chosen. */
  chosen: z
    .strictObject({
      setting: settingSchema,
      seed: z.int(),
      attack: z.string(),
      norm: normSchema,
      epsilon: z.number(),
      source: z.string(),
      variant: z.string(),
    })
    .nullable(),
  columns: z.array(galleryColumnSchema),
  /** Examples by filter. */
  counts: z.strictObject({ all: count, broken: count, one: count, held: count, wrong: count }),
  items: z.array(galleryItemSchema),
  /** First example of the next page and of the previous one. */
  next: count.nullable(),
  previous: count.nullable(),
})
export type Gallery = z.infer<typeof gallerySchema>

/* ---- contents ---- */

export const contentsParamsSchema = z.strictObject({ evaluation: fileNameSchema })

export const contentsQuerySchema = z.strictObject({
  /** Places in the test split, e.g. `0,3,17`. */
  examples: z
    .string()
    .regex(/^\d{1,9}(,\d{1,9})*$/, 'places in the test split with commas between them')
    .transform(text => text.split(',').map(Number))
    .refine(all => all.length <= mostExamples, `${mostExamples} examples at most`),
})

/** Base64 of float32, little-endian, `[height, width, channels]`, from 0 to 1. */
const pixels = z.string()

/** Base64 of one byte a neuron and step, `[steps, neurons]`: bit 1 clean, bit 2 adversarial. */
const raster = z.string()

export const imageContentSchema = z.strictObject({
  example: count,
  /** Null where the data set is not at hand. */
  clean: pixels.nullable(),
  /** Null where the file of the attack is not at hand. */
  adversarial: pixels.nullable(),
  /** Spikes of every hidden layer of a spiking network, in their order. */
  spikes: z.array(raster),
})
export type ImageContent = z.infer<typeof imageContentSchema>

export const wordSchema = z.strictObject({ clean: z.string(), adversarial: z.string() })
export type Word = z.infer<typeof wordSchema>

export const textContentSchema = z.strictObject({
  example: count,
  /** Place by place, padding left out; an empty text stands for a word that is not there. */
  words: z.array(wordSchema),
})
export type TextContent = z.infer<typeof textContentSchema>

export const edgeStateSchema = z.enum(['kept', 'added', 'removed'])

export const graphContentSchema = z.strictObject({
  example: count,
  /** The target's number in the graph. */
  node: count,
  /** The target first, then its neighbours before or after the attack, then theirs. */
  nodes: z.array(
    z.strictObject({
      node: count,
      /** −1 where it has none. */
      label: z.int(),
      /** Steps from the target. */
      hop: z.int().min(0).max(2),
    }),
  ),
  /** Pairs of `nodes` that are joined before or after the attack. */
  edges: z.array(z.strictObject({ u: count, v: count, state: edgeStateSchema })),
  /** Neighbours of the target that are left out of `nodes`. */
  leftOut: count,
  /** Changes of the whole graph that the target's prediction was made on. */
  added: count,
  removed: count,
  /** The target's features that are another value, the first of them. */
  entries: z.array(z.strictObject({ column: count, before: z.number(), after: z.number() })),
  /** Features of all nodes that are another value. */
  changedEntries: count,
})
export type GraphContent = z.infer<typeof graphContentSchema>

export const contentsSchema = z.strictObject({
  evaluation: z.string(),
  kind: contentKindSchema.nullable(),
  /** `[height, width, channels]` of images; null for what is none. */
  shape: z.array(count).nullable(),
  /** Hidden layers of a spiking network. */
  layers: z.array(z.strictObject({ name: z.string(), steps: count, neurons: count })),
  /** Why something is not shown, a sentence each. */
  problems: z.array(z.string()),
  images: z.array(imageContentSchema),
  texts: z.array(textContentSchema),
  graphs: z.array(graphContentSchema),
})
export type Contents = z.infer<typeof contentsSchema>
