import { z } from 'zod'
import type { Loss } from '../loss.ts'
import { backprop } from './backprop.ts'
import { backpropNoise } from './backprop-noise.ts'
import type { Estimator, SiteEstimator } from './estimator.ts'
import { likelihoodRatio } from './likelihood-ratio.ts'

const copies = z.int().min(1).max(65536)
const sigma = z.number().positive().max(100)

const backpropSchema = z.strictObject({ name: z.literal('bp') })

const backpropNoiseSchema = z.strictObject({
  name: z.literal('bp-noise'),
  copies: copies.default(1),
  sigma: sigma.default(0.1),
})

const likelihoodRatioSchema = z
  .strictObject({
    name: z.literal('lr-logit'),
    copies: copies.default(4),
    sigma: sigma.default(0.1),
    antithetic: z.boolean().default(true),
    baseline: z.enum(['none', 'clean']).default('clean'),
  })
  .refine(options => !options.antithetic || options.copies % 2 === 0, {
    error: 'antithetic pairs need an even number of copies',
    path: ['copies'],
  })

/** An estimator that injects noise at one site at a time. */
export const siteEstimatorSchema = z.discriminatedUnion('name', [
  backpropNoiseSchema,
  likelihoodRatioSchema,
])

/** An arm: the gradient estimator that a model is trained with, and its options. */
export const estimatorSchema = z.discriminatedUnion('name', [
  backpropSchema,
  backpropNoiseSchema,
  likelihoodRatioSchema,
])

export type SiteEstimatorOptions = z.infer<typeof siteEstimatorSchema>
export type EstimatorOptions = z.infer<typeof estimatorSchema>

/** Names of the arms. */
export type Arm = EstimatorOptions['name']

/** The estimator of this arm for this loss. */
export function createEstimator(options: EstimatorOptions, loss: Loss): Estimator {
  return options.name === 'bp' ? backprop(loss) : createSiteEstimator(options, loss)
}

/** The estimator of an arm that injects noise site by site. */
export function createSiteEstimator(options: SiteEstimatorOptions, loss: Loss): SiteEstimator {
  return options.name === 'bp-noise' ? backpropNoise(options, loss) : likelihoodRatio(options, loss)
}
