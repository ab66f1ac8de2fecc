import { z } from 'zod'
import { initialise } from '../../models/initialise.ts'
import type { Network, Parameters } from '../../models/network.ts'
import type { ImageDataset } from '../data/dataset.ts'
import { tf } from '../engine/tf.ts'
import { accuracy } from '../evaluation/predict.ts'
import { stream } from '../random/stream.ts'
import { batches } from './batches.ts'
import type { Estimator, Noise } from './estimators/estimator.ts'
import { clipToNorm, gradientNorm } from './gradient-norm.ts'
import { lossNames } from './loss.ts'
import { createOptimiser, optimiserSchema } from './optimiser.ts'
import { rateFactor, scheduleSchema } from './schedule.ts'

/** Everything about a training run that matched arms share. */
export const trainingSchema = z.strictObject({
  epochs: z.number().positive().max(100_000),
  batch: z.int().min(1).max(65536).default(100),
  learningRate: z.number().positive().max(100).default(1e-3),
  /** What is minimised, and what the learning curve shows. */
  loss: z.enum(lossNames).default('cross-entropy'),
  optimiser: optimiserSchema.prefault({ name: 'adam' }),
  schedule: scheduleSchema.prefault({ name: 'constant' }),
  /** Largest Euclidean norm of the gradient; longer ones are scaled down. Null: no limit. */
  clipNorm: z.number().positive().nullable().default(null),
  /** Points of the learning curve, evenly spread over the updates. */
  curvePoints: z.int().min(1).max(10_000).default(20),
  /** How many test examples a point of the learning curve is measured on. */
  curveExamples: z.int().min(0).default(500),
})

export type TrainingOptions = z.infer<typeof trainingSchema>

export interface CurvePoint {
  readonly updates: number
  readonly epoch: number
  readonly forwards: number
  readonly seconds: number
  readonly trainLoss: number | null
  readonly testAccuracy: number | null
  readonly learningRate: number
  readonly gradientNorm: number | null
}

export interface Trained {
  /** `diverged`: a loss was NaN or infinite, training stopped there. */
  readonly state: 'trained' | 'diverged'
  /** The trained values, or the last ones before divergence; they belong to the caller. */
  readonly parameters: Parameters
  readonly curve: readonly CurvePoint[]
  readonly updates: number
  readonly forwards: number
  readonly seconds: number
}

/**
 * Called with the share of the work that is done, often; what it returns is waited for, so it can
 * let other things happen, and it ends the work by throwing.
 */
export type Progress = (share: number) => void | Promise<void>

export interface TrainRequest {
  readonly network: Network
  readonly dataset: ImageDataset
  readonly estimator: Estimator
  readonly options: TrainingOptions
  /** Fixes initial weights, data order and noise. */
  readonly seed: number
  readonly onProgress?: Progress
}

/** Number of updates that a training run makes. */
export function updatesOf(options: TrainingOptions, examples: number): number {
  return Math.max(1, Math.round((options.epochs * examples) / options.batch))
}

/**
 * Trains a network from its initial values. Matched arms (same everything but the estimator) see
 * the same initial weights and the same batches in the same order.
 */
export async function train(request: TrainRequest): Promise<Trained> {
  const { network, dataset, estimator, options, seed } = request
  const total = updatesOf(options, dataset.train.count)
  const every = Math.max(1, Math.round(total / options.curvePoints))
  const optimiser = createOptimiser(options.optimiser)
  const curve: CurvePoint[] = []
  const started = performance.now()
  let testing = 0
  let parameters = initialise(network, seed)
  let forwards = 0
  let updates = 0
  let state: Trained['state'] = 'trained'
  let since = { losses: 0, norms: 0, count: 0 }

  const secondsSoFar = () => (performance.now() - started - testing) / 1000
  const addPoint = (learningRate: number) => {
    const before = performance.now()
    const tested = state === 'trained' && options.curveExamples > 0
    const testAccuracy = tested
      ? accuracy(network, parameters, dataset.test, options.curveExamples)
      : null
    testing += performance.now() - before
    curve.push({
      updates,
      epoch: (updates * options.batch) / dataset.train.count,
      forwards,
      seconds: secondsSoFar(),
      trainLoss: finiteOrNull(since.losses / since.count),
      testAccuracy,
      learningRate,
      gradientNorm: finiteOrNull(since.norms / since.count),
    })
    since = { losses: 0, norms: 0, count: 0 }
  }

  for (const batch of batches(
    dataset.train,
    dataset.shape,
    dataset.classes.length,
    options.batch,
    seed,
  )) {
    if (updates === total) {
      tf.dispose([batch.x, batch.labels])
      break
    }
    const epoch = (updates * options.batch) / dataset.train.count
    const rate = options.learningRate * rateFactor(options.schedule, epoch, options.epochs)
    const estimate = estimator.estimate(network, parameters, batch, noiseOf(seed, updates, epoch))
    const loss = estimate.loss.dataSync()[0]!
    const norm = gradientNorm(estimate.gradients)
    forwards += estimate.forwards
    updates++
    since = { losses: since.losses + loss, norms: since.norms + norm, count: since.count + 1 }
    tf.dispose([batch.x, batch.labels, estimate.loss])
    if (!Number.isFinite(loss) || !Number.isFinite(norm)) {
      tf.dispose(estimate.gradients)
      state = 'diverged'
      addPoint(rate)
      break
    }
    const gradients =
      options.clipNorm === null
        ? estimate.gradients
        : clipToNorm(estimate.gradients, norm, options.clipNorm)
    const next = optimiser.step(parameters, gradients, rate)
    tf.dispose([gradients, parameters])
    parameters = next
    if (updates % every === 0 || updates === total) addPoint(rate)
    await request.onProgress?.(updates / total)
  }
  optimiser.dispose()
  return { state, parameters, curve, updates, forwards, seconds: secondsSoFar() }
}

/** The noise of one update. */
export function noiseOf(seed: number, update: number, epoch: number): Noise {
  return { epoch, stream: (...path) => stream(seed, 'noise', update, ...path) }
}

function finiteOrNull(value: number): number | null {
  return Number.isFinite(value) ? value : null
}
