import { type Attack, requireCapabilities } from '../../attacks/attack.ts'
import { attackRandom } from '../../attacks/attack-random.ts'
import type { Victim } from '../../attacks/victim.ts'
import type { Network, Parameters } from '../../models/network.ts'
import type { ImageSplit } from '../data/dataset.ts'
import { tf } from '../engine/tf.ts'
import type { Task } from '../tasks/task.ts'
import type { Progress } from '../training/train.ts'
import { networkVictim } from './network-victim.ts'
import { predict } from './predict.ts'
import { clipToThreatModel } from './threat-model.ts'

const batchSize = 100

/** Adversarial examples made on one model, ready to be judged on any. */
export interface CraftedSet {
  /** `[n · size]`, inside ball and box. */
  readonly adversarial: Float32Array
  readonly linf: Float32Array
  readonly l2: Float32Array
  /** Model calls spent on each example. */
  readonly queries: Float32Array
}

/** One example's outcome on the model that is judged. */
export interface Outcome {
  readonly example: number
  readonly label: number
  readonly cleanPrediction: number
  readonly adversarialPrediction: number
  /** Correct without the attack, wrong under it. */
  readonly success: boolean
  readonly linf: number
  readonly l2: number
  readonly queries: number
}

/**
 * Runs an attack on the first `n` examples of a split, whatever the model makes of them clean.
 *
 * @param onProgress called after every batch with the share of examples done
 */
export async function craft(
  attack: Attack,
  network: Network,
  parameters: Parameters,
  split: ImageSplit,
  n: number,
  seed: number,
  onProgress?: Progress,
): Promise<CraftedSet> {
  return craftOn(attack, networkVictim(network, parameters), split, n, seed, onProgress)
}

/** As `craft`, on any victim. */
export async function craftOn(
  attack: Attack,
  victim: Victim,
  split: ImageSplit,
  n: number,
  seed: number,
  onProgress?: Progress,
): Promise<CraftedSet> {
  requireCapabilities(attack, victim)
  const size = split.images.length / split.count
  const crafted = new Float32Array(n * size)
  const queries = new Float32Array(n)
  for (let first = 0; first < n; first += batchSize) {
    const last = Math.min(first + batchSize, n)
    const examples = Array.from({ length: last - first }, (_, at) => first + at)
    const x = tf.tensor(split.images.slice(first * size, last * size), [
      last - first,
      ...victim.inputShape,
    ])
    const labels = tf.tensor1d(Int32Array.from(split.labels.subarray(first, last)), 'int32')
    const result = attack.run(victim, x, labels, attackRandom(seed, examples))
    crafted.set(result.adversarial.dataSync() as Float32Array, first * size)
    queries.set(result.queries, first)
    tf.dispose([x, labels, result.adversarial])
    await onProgress?.(last / n)
  }
  const clean = split.images.subarray(0, n * size)
  return { ...clipToThreatModel(clean, crafted, size, attack.norm, attack.epsilon), queries }
}

/**
 * Judges a model on adversarial examples by fresh passes over the stored, clipped values; the model
 * need not be the one they were crafted on.
 */
export function judge(
  network: Network,
  parameters: Parameters,
  split: ImageSplit,
  crafted: CraftedSet,
): Outcome[] {
  const n = crafted.queries.length
  const size = split.images.length / split.count
  const before = predict(network, parameters, split.images.subarray(0, n * size))
  const after = predict(network, parameters, crafted.adversarial)
  return outcomesOf(split, crafted, before, after)
}

/**
 * The outcome of every example.
 *
 * @param before predictions for the clean images
 * @param after predictions for the adversarial ones
 */
export function outcomesOf(
  split: ImageSplit,
  crafted: CraftedSet,
  before: Int32Array,
  after: Int32Array,
): Outcome[] {
  return Array.from({ length: crafted.queries.length }, (_, example) => {
    const label = split.labels[example]!
    return {
      example,
      label,
      cleanPrediction: before[example]!,
      adversarialPrediction: after[example]!,
      success: before[example] === label && after[example] !== label,
      linf: crafted.linf[example]!,
      l2: crafted.l2[example]!,
      queries: crafted.queries[example]!,
    }
  })
}

/** Judges a model on the first `n` of a test split as they are, whatever they hold. */
export function judgeClean(
  task: Task,
  { network, parameters }: { readonly network: Network; readonly parameters: Parameters },
  n: number,
): Outcome[] {
  const predictions = task.predict(network, parameters, n)
  return Array.from(predictions, (prediction, example) => ({
    example,
    label: task.testLabels[example]!,
    cleanPrediction: prediction,
    adversarialPrediction: prediction,
    success: false,
    linf: 0,
    l2: 0,
    queries: 0,
  }))
}
