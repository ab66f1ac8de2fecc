import { z } from 'zod'
import { initialise } from '../../models/initialise.ts'
import type { Network, Parameters } from '../../models/network.ts'
import { augmentationSchema } from '../data/augment.ts'
import { tf } from '../engine/tf.ts'
import { stream } from '../random/stream.ts'
import { type Task, testAccuracy } from '../tasks/task.ts'
import type { Batch, Estimator, Noise } from './estimators/estimator.ts'
import { clipToNorm, gradientNorm } from './gradient-norm.ts'
import { lossNames } from './loss.ts'
import { createOptimiser, optimiserSchema } from './optimiser.ts'
import { rateFactor, scheduleSchema } from './schedule.ts'

/** Everything about a training run that matched arms share. */
export const trainingSchema = z
  .strictObject({
    /** Passes over the training split; matched arms then make equally many updates. */
    epochs: z.number().positive().max(100_000).exactOptional(),
    /** Passes forward, instead of epochs: estimators that need more of them make fewer updates. */
    forwards: z.int().min(1).exactOptional(),
    /** Seconds of training, instead of epochs: results then depend on the machine. */
    seconds: z.number().positive().exactOptional(),
    batch: z.int().min(1).max(65536).default(100),
    learningRate: z.number().positive().max(100).default(1e-3),
    /** What is minimised, and what the learning curve shows. */
    loss: z.enum(lossNames).default('cross-entropy'),
    optimiser: optimiserSchema.prefault({ name: 'adam' }),
    schedule: scheduleSchema.prefault({ name: 'constant' }),
    /** Random changes of the training images; none when left out. */
    augmentation: augmentationSchema.exactOptional(),
    /** Strength of the penalty `½ λ ‖w‖²` on weights (not biases), added to the gradient. */
    weightDecay: z.number().min(0).max(1).exactOptional(),
    /** Largest Euclidean norm of the gradient; longer ones are scaled down. Null: no limit. */
    clipNorm: z.number().positive().nullable().default(null),
    /** Points of the learning curve, evenly spread over the updates. */
    curvePoints: z.int().min(1).max(10_000).default(20),
    /** How many test examples a point of the learning curve is measured on. */
    curveExamples: z.int().min(0).default(500),
  })
  .refine(
    ({ epochs, forwards, seconds }) =>
      [epochs, forwards, seconds].filter(limit => limit !== undefined).length === 1,
    { error: 'give one of epochs, forwards and seconds', path: ['epochs'] },
  )

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
  readonly task: Task
  readonly estimator: Estimator
  readonly options: TrainingOptions
  /** Fixes initial weights, data order and noise. */
  readonly seed: number
  readonly onProgress?: Progress
}

/**
 * Number of updates that a training run makes, at least one; undefined where that is a matter of
 * time.
 *
 * @param forwards passes forward that an update takes
 */
export function updatesOf(
  { epochs, forwards: limit, batch }: TrainingOptions,
  task: Pick<Task, 'share'>,
  forwards: number,
): number | undefined {
  if (epochs !== undefined) return Math.max(1, Math.round(epochs / task.share(batch)))
  return limit === undefined ? undefined : Math.max(1, Math.floor(limit / forwards))
}

/**
 * Trains a network from its initial values. Matched arms (same everything but the estimator) see
 * the same initial weights and the same batches in the same order.
 */
export async function train(request: TrainRequest): Promise<Trained> {
  const { network, task, estimator, options, seed } = request
  const optimiser = createOptimiser(options.optimiser)
  const batches = task.batches(options.batch, seed, options.augmentation)
  const curve: CurvePoint[] = []
  const started = performance.now()
  let testing = 0
  let parameters: Parameters = { ...initialise(network, seed), ...estimator.own?.(network) }
  let forwards = 0
  let updates = 0
  let state: Trained['state'] = 'trained'
  let since = { losses: 0, norms: 0, count: 0 }

  const secondsSoFar = () => (performance.now() - started - testing) / 1000
  const epochSoFar = () => updates * task.share(options.batch)
  const addPoint = (learningRate: number) => {
    const before = performance.now()
    const tested = state === 'trained' && options.curveExamples > 0
    const accuracy = tested ? testAccuracy(task, network, parameters, options.curveExamples) : null
    testing += performance.now() - before
    curve.push({
      updates,
      epoch: epochSoFar(),
      forwards,
      seconds: secondsSoFar(),
      trainLoss: finiteOrNull(since.losses / since.count),
      testAccuracy: accuracy,
      learningRate,
      gradientNorm: finiteOrNull(since.norms / since.count),
    })
    since = { losses: 0, norms: 0, count: 0 }
  }
  /** Share of the work that is done. */
  const doneSoFar = () => {
    if (options.seconds !== undefined) return Math.min(1, secondsSoFar() / options.seconds)
    return updates === 0 ? 0 : updates / updatesOf(options, task, forwards / updates)!
  }

  for (let done = 0; done < 1 && state === 'trained'; ) {
    const epoch = epochSoFar()
    const rate = options.learningRate * rateFactor(options.schedule, epoch, done)
    const noise = noiseOf(seed, updates, epoch)
    const batch = batches.next().value
    const passing = network.drawn?.(name => noise.stream('network', name)) ?? network
    const estimate = estimator.estimate(passing, parameters, batch, noise)
    const loss = estimate.loss.dataSync()[0]!
    const norm = gradientNorm(estimate.gradients)
    forwards += estimate.forwards
    updates++
    since = { losses: since.losses + loss, norms: since.norms + norm, count: since.count + 1 }
    disposeBatch(batch)
    tf.dispose(estimate.loss)
    if (Number.isFinite(loss) && Number.isFinite(norm)) {
      const clipped =
        options.clipNorm === null
          ? estimate.gradients
          : clipToNorm(estimate.gradients, norm, options.clipNorm)
      const gradients = withWeightDecay(network, clipped, parameters, options.weightDecay)
      const next = optimiser.step(parameters, gradients, rate)
      tf.dispose([gradients, parameters])
      parameters = next
    } else {
      tf.dispose(estimate.gradients)
      state = 'diverged'
    }
    const before = done
    done = doneSoFar()
    const point = (share: number) => Math.floor(share * options.curvePoints + 1e-9)
    if (state === 'diverged' || done >= 1 || point(done) > point(before)) addPoint(rate)
    if (state === 'trained') await request.onProgress?.(Math.min(1, done))
  }
  optimiser.dispose()
  return {
    state,
    parameters: networksOwn(network, parameters),
    curve,
    updates,
    forwards,
    seconds: secondsSoFar(),
  }
}

/** Frees a batch. */
export function disposeBatch({ x, labels, weights }: Batch): void {
  tf.dispose([x, labels, ...(weights ? [weights] : [])])
}

/** The noise of one update. */
export function noiseOf(seed: number, update: number, epoch: number): Noise {
  return { epoch, stream: (...path) => stream(seed, 'noise', update, ...path) }
}

/** Parameters without what an estimator learned beside, which is freed. */
function networksOwn(network: Network, parameters: Parameters): Parameters {
  const names = new Set(network.parameters.map(({ name }) => name))
  const entries = Object.entries(parameters)
  tf.dispose(entries.filter(([name]) => !names.has(name)).map(([, tensor]) => tensor))
  return Object.fromEntries(entries.filter(([name]) => names.has(name)))
}

/**
 * Gradients of the objective plus `½ decay ‖w‖²` over the weights, biases left out; they replace
 * the given ones, which are freed if they change.
 */
function withWeightDecay(
  network: Network,
  gradients: Record<string, tf.Tensor>,
  parameters: Parameters,
  decay: number | undefined,
): Record<string, tf.Tensor> {
  if (!decay) return gradients
  const decayed = { ...gradients }
  for (const { name, fanIn } of network.parameters) {
    if (fanIn === 0) continue
    decayed[name] = tf.tidy(() => tf.add(gradients[name]!, tf.mul(parameters[name]!, decay)))
    gradients[name]!.dispose()
  }
  return decayed
}

function finiteOrNull(value: number): number | null {
  return Number.isFinite(value) ? value : null
}
