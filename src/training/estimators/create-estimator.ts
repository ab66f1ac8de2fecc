import { z } from 'zod'
import type { Network, Site } from '../../../models/network.ts'
import { surrogateNames } from '../../../models/surrogate.ts'
import { UsageError } from '../../errors.ts'
import { sequenceNames } from '../../random/low-discrepancy.ts'
import type { Loss } from '../loss.ts'
import { sigmaScheduleSchema } from '../schedule.ts'
import { allAtOnce, backpropNoiseAllAtOnce } from './all-at-once.ts'
import { backprop } from './backprop.ts'
import { backpropNoise } from './backprop-noise.ts'
import type { Estimator } from './estimator.ts'
import { evolutionStrategies } from './evolution-strategies.ts'
import { likelihoodRatio } from './likelihood-ratio.ts'

const copies = z.int().min(1).max(65536)
const sigma = z.number().positive().max(100)
/** One value for all sites, or a list of one for each. */
const copiesPerSite = z.union([copies, z.array(copies).min(1)], {
  error: 'a whole number from 1 to 65536, or a list of one for each site',
})
const sigmaPerSite = z.union([sigma, z.array(sigma).min(1)], {
  error: 'a number above 0 and at most 100, or a list of one for each site',
})

const injection = {
  sigmaSchedule: sigmaScheduleSchema.prefault({ name: 'constant' }),
  noise: z
    .strictObject({
      kind: z.enum(['gaussian', 'laplace']).default('gaussian'),
      sequence: z.enum(['random', ...sequenceNames]).default('random'),
    })
    .prefault({}),
}

const weighing = {
  antithetic: z.boolean().default(true),
  baseline: z.enum(['none', 'clean', 'leave-one-out']).default('clean'),
  /** Whether noise answers for the losses that it can reach alone; true when left out. */
  localCredit: z.boolean().exactOptional(),
}

/** Whether σ is learned for every channel; it is not when left out. */
const learning = { learnSigma: z.boolean().exactOptional() }

/** What stands in for the derivative of spikes, where it is not to be the network's own. */
const surrogate = z.enum(surrogateNames).exclude(['heaviside']).exactOptional()

const perSite = { copies: copiesPerSite.default(4), sigma: sigmaPerSite.default(0.1) }

const together = {
  error: 'noise at all sites at once takes one number of copies',
  path: ['copies'],
}

const backpropSchema = z.strictObject({ name: z.literal('bp'), surrogate })

/** Backpropagation with the true derivative of spikes, which is zero. */
const heavisideSchema = z.strictObject({ name: z.literal('bp-heaviside') })

const backpropNoiseSchema = z
  .strictObject({
    name: z.literal('bp-noise'),
    ...perSite,
    copies: copiesPerSite.default(1),
    ...injection,
    /** As of `lr-logit`; true when left out. */
    layerWise: z.boolean().exactOptional(),
    surrogate,
  })
  .refine(({ layerWise = true, copies }) => layerWise || typeof copies === 'number', together)

const logitSchema = z
  .strictObject({
    name: z.literal('lr-logit'),
    ...perSite,
    ...injection,
    ...weighing,
    ...learning,
    /** Noise at one site at a time; else at all sites at once. */
    layerWise: z.boolean().default(true),
  })
  .superRefine(fits)
  .refine(({ layerWise, copies }) => layerWise || typeof copies === 'number', together)
  .refine(({ layerWise, learnSigma }) => layerWise || !learnSigma, {
    error: 'σ is learned with noise at one site at a time only',
    path: ['learnSigma'],
  })

const weightSchema = z
  .strictObject({
    name: z.literal('lr-weight'),
    ...perSite,
    sigma: sigmaPerSite.default(0.01),
    ...injection,
    ...weighing,
    ...learning,
    /** Whether every example of a copy has noise of its own; they share it when left out. */
    perExample: z.boolean().exactOptional(),
  })
  .superRefine(fits)

const hybridSchema = z
  .strictObject({
    name: z.literal('lr-hybrid'),
    /** What the noise of each site is added to. */
    inject: z.array(z.enum(['logit', 'weight', 'example-weight'])).min(1),
    ...perSite,
    ...injection,
    ...weighing,
    ...learning,
  })
  .superRefine(fits)

const evolutionSchema = z
  .strictObject({
    name: z.literal('es'),
    copies: copies.default(32),
    sigma: sigma.default(0.01),
    ...injection,
    ...weighing,
  })
  .superRefine(fits)

const noisySchemas = [
  backpropNoiseSchema,
  logitSchema,
  weightSchema,
  hybridSchema,
  evolutionSchema,
] as const

/** An estimator that injects noise, so that its variance can be measured. */
export const noisyEstimatorSchema = z.discriminatedUnion('name', noisySchemas)

/** An arm: the gradient estimator that a model is trained with, and its options. */
export const estimatorSchema = z.discriminatedUnion('name', [
  backpropSchema,
  heavisideSchema,
  ...noisySchemas,
])

export type NoisyEstimatorOptions = z.infer<typeof noisyEstimatorSchema>
export type EstimatorOptions = z.infer<typeof estimatorSchema>
/** An arm as it is written in a plan. */
export type EstimatorInput = z.input<typeof estimatorSchema>

/** Names of the arms. */
export type Arm = EstimatorOptions['name']

/** The estimator of this arm for this loss. */
export function createEstimator(options: EstimatorOptions, loss: Loss): Estimator {
  switch (options.name) {
    case 'bp':
      return backprop(loss, options.surrogate)
    case 'bp-heaviside':
      return backprop(loss, 'heaviside')
    case 'bp-noise': {
      const { copies, layerWise = true, surrogate } = options
      return layerWise || typeof copies !== 'number'
        ? backpropNoise(options, loss, surrogate)
        : backpropNoiseAllAtOnce({ ...options, copies }, loss, surrogate)
    }
    case 'lr-logit': {
      const { copies } = options
      return options.layerWise || typeof copies !== 'number'
        ? likelihoodRatio({ ...options, inject: 'logit' }, loss)
        : allAtOnce({ ...options, copies }, loss)
    }
    case 'lr-weight':
      return likelihoodRatio(
        { ...options, inject: options.perExample ? 'example-weight' : 'weight' },
        loss,
      )
    case 'lr-hybrid':
      return likelihoodRatio(options, loss)
    case 'es':
      return evolutionStrategies(options, loss)
  }
}

/** Sites whose units are no examples: the nodes of a graph. */
const entangled: readonly Site['kind'][] = ['graph-convolution', 'attention']

/**
 * Compares an arm with a network.
 *
 * @throws UsageError where a list of one value for each site has another length, or where the
 *   network cannot have noise of its own on the weights of every example
 */
export function requireSites(options: EstimatorOptions, { sites }: Network): void {
  for (const [key, value] of Object.entries(options)) {
    if (Array.isArray(value) && value.length !== sites.length) {
      const names = sites.map(({ name }) => name).join(', ')
      throw new UsageError(
        `invalid ${key} of ${options.name}: ${value.length} values for ${sites.length} sites (${names})`,
      )
    }
  }
  const site = sites.find(({ kind }) => entangled.includes(kind))
  if (site && ofExamples(options)) {
    throw new UsageError(
      `invalid ${options.name}: site ${site.name} cannot have other weights for every example`,
    )
  }
}

function ofExamples(options: EstimatorOptions): boolean {
  if (options.name === 'lr-weight') return options.perExample === true
  return options.name === 'lr-hybrid' && options.inject.includes('example-weight')
}

/** Refuses copies and baselines that do not go together. */
function fits(
  options: {
    readonly copies: number | readonly number[]
    readonly antithetic: boolean
    readonly baseline: string
    readonly noise: { readonly sequence: string }
    readonly learnSigma?: boolean | undefined
  },
  context: z.RefinementCtx,
): void {
  const refuse = (path: string, message: string) =>
    context.addIssue({ code: 'custom', path: [path], message })
  const counts = [options.copies].flat()
  if (options.antithetic && counts.some(count => count % 2 !== 0)) {
    refuse('copies', 'antithetic pairs need an even number of copies')
  }
  if (options.learnSigma && options.baseline !== 'clean') {
    refuse('baseline', 'a learned σ needs the baseline clean')
  }
  if (options.baseline !== 'leave-one-out') return
  if (options.antithetic || options.noise.sequence !== 'random') {
    refuse('baseline', 'leave-one-out needs independent copies: antithetic false, sequence random')
  }
  if (counts.some(count => count < 2)) refuse('copies', 'leave-one-out needs two copies or more')
}
