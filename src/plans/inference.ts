import { z } from 'zod'
import { UsageError } from '../errors.ts'
import type { InferenceNoise } from '../evaluation/randomised-victim.ts'
import type { EstimatorOptions } from '../training/estimators/create-estimator.ts'
import { decay } from '../training/schedule.ts'
import type { TrainConfig } from './job-config.ts'

const sigma = z.number().positive().max(100)

/** Noise that a model keeps at inference: what it was trained with, or any. */
export const inferenceNoiseSchema = z.union(
  [
    z.literal('training'),
    z.strictObject({
      kind: z.enum(['gaussian', 'laplace']).default('gaussian'),
      /** Standard deviation at all sites, or at each in their order. */
      sigma: z.union([sigma, z.array(sigma).min(1)]),
      /** Whether the network's own randomness is drawn too; it is not when left out. */
      own: z.boolean().exactOptional(),
    }),
  ],
  { error: "'training', or kind and sigma (above 0 and at most 100, or a list for each site)" },
)

/** How a randomised model is attacked and judged. */
export const inferenceSchema = z.strictObject({
  noise: inferenceNoiseSchema,
  /** Passes whose mean scores decide; with fewer than 20, chance decides about too many examples. */
  draws: z.int().min(20).max(10_000).default(20),
  /** Passes whose mean every step of the attack follows. */
  eot: z.int().min(1).max(10_000).default(20),
})

/** How a randomised model is attacked and judged, all filled in. */
export type Inference = z.output<typeof inferenceSchema>

/**
 * The noise that a model keeps at inference; undefined where that is to be the noise of a training
 * that put none on the pre-activations of its sites, or learned how much.
 */
export function inferenceNoise(
  { noise }: Pick<Inference, 'noise'>,
  { estimator, training, data }: Pick<TrainConfig, 'estimator' | 'training' | 'data'>,
): InferenceNoise | undefined {
  if (noise !== 'training') return noise
  if (!isOnPreactivations(estimator)) return undefined
  const schedule = estimator.sigmaSchedule
  if (schedule.name === 'constant') return { kind: estimator.noise.kind, sigma: estimator.sigma }
  if (training.epochs === undefined) return undefined
  const last = Math.max(0, training.epochs - training.batch / data.train)
  const left = decay(schedule, last)
  const scaled = Array.isArray(estimator.sigma)
    ? estimator.sigma.map(value => value * left)
    : estimator.sigma * left
  return { kind: estimator.noise.kind, sigma: scaled }
}

/** @throws UsageError where noise has a list of another length than the sites of a network */
export function requireSigmas(
  { sigma }: InferenceNoise,
  sites: readonly { readonly name: string }[],
): void {
  if (typeof sigma !== 'object' || sigma.length === sites.length) return
  const names = sites.map(({ name }) => name).join(', ')
  throw new UsageError(`invalid sigma: ${sigma.length} values for ${sites.length} sites (${names})`)
}

/** e.g. `noise σ 0.1` */
export function noiseTitle({ kind, sigma }: InferenceNoise): string {
  const law = kind === 'gaussian' ? '' : ` ${kind}`
  return `noise${law} σ ${[sigma].flat().join(',')}`
}

type OnPreactivations = Extract<EstimatorOptions, { readonly name: 'bp-noise' | 'lr-logit' }>

function isOnPreactivations(estimator: EstimatorOptions): estimator is OnPreactivations {
  if (estimator.name === 'bp-noise') return true
  return estimator.name === 'lr-logit' && estimator.learnSigma !== true
}
