import { type Attack, requireCapabilities } from '../../attacks/attack.ts'
import { attackRandom } from '../../attacks/attack-random.ts'
import type { Observer } from '../../attacks/observer.ts'
import type { Victim } from '../../attacks/victim.ts'
import type { ImageSplit } from '../data/dataset.ts'
import { tf } from '../engine/tf.ts'
import type { Progress } from '../training/train.ts'
import { createRecorder, type Recorded } from './convergence.ts'
import { predict } from './predict.ts'
import { clipToThreatModel } from './threat-model.ts'

const batchSize = 100

/**
 * Composed attacks take long: what they have done is kept more often. 25 would take half as long
 * again on a small lenet.
 */
const composedBatchSize = 50

/** Adversarial examples made on one model, ready to be judged on any. */
export interface CraftedSet {
  /** `[n · size]`, inside ball and box. */
  readonly adversarial: Float32Array
  readonly linf: Float32Array
  readonly l2: Float32Array
  readonly l1: Float32Array
  /** Model calls spent on each example. */
  readonly queries: Float32Array
  /** Place, from 1, of the part of a composed attack that broke each example; 0 for none. */
  readonly brokenBy: Float32Array
  /** How the attack fared iteration by iteration; absent where it was read again. */
  readonly recorded?: readonly Recorded[]
}

/** What an attack has made of the first examples, not yet clipped. */
export type Unclipped = Pick<CraftedSet, 'adversarial' | 'queries' | 'brokenBy' | 'recorded'>

/** Takes what is done after every batch, so that the work can go on from there. */
export interface Keeper {
  /** What was kept last; undefined at the start. */
  readonly kept: Unclipped | undefined
  keep(done: Unclipped): Promise<void>
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
  readonly l1: number
  readonly queries: number
  /** The part of a composed attack that broke the example, by its place from 1; 0 for none. */
  readonly brokenBy: number
}

/**
 * Runs an attack on the first `n` examples of a split, whatever the model makes of them clean.
 *
 * @param onProgress called after every batch with the share of examples done
 * @param keeper takes every batch, and gives back those of an earlier call
 */
export async function craft(
  attack: Attack,
  victim: Victim,
  split: ImageSplit,
  n: number,
  seed: number,
  onProgress?: Progress,
  keeper?: Keeper,
): Promise<CraftedSet> {
  requireCapabilities(attack, victim)
  const size = split.images.length / split.count
  const done = {
    adversarial: new Float32Array(n * size),
    queries: new Float32Array(n),
    brokenBy: new Float32Array(n),
  }
  const add = (part: Omit<Unclipped, 'recorded'>, first: number) => {
    done.adversarial.set(part.adversarial, first * size)
    done.queries.set(part.queries, first)
    done.brokenBy.set(part.brokenBy, first)
  }
  if (keeper?.kept) add(keeper.kept, 0)
  const recorder = createRecorder(n, attack.name, keeper?.kept?.recorded)
  const step = attack.parts ? composedBatchSize : batchSize
  for (let first = keeper?.kept?.queries.length ?? 0; first < n; first += step) {
    const last = Math.min(first + step, n)
    add(craftBatch(attack, victim, split, [first, last], seed, recorder.batch(first)), first)
    if (last < n) {
      await keeper?.keep({
        adversarial: done.adversarial.subarray(0, last * size),
        queries: done.queries.subarray(0, last),
        brokenBy: done.brokenBy.subarray(0, last),
        recorded: recorder.recorded.map(part => firstOf(part, last)),
      })
    }
    await onProgress?.(last / n)
  }
  const clean = split.images.subarray(0, n * size)
  const clipped = clipToThreatModel(clean, done.adversarial, size, attack.norm, attack.epsilon)
  const { queries, brokenBy } = done
  return { ...clipped, queries, brokenBy, recorded: recorder.recorded }
}

/** What was recorded of the first examples. */
function firstOf(part: Recorded, count: number): Recorded {
  const { losses, iterations, brokenAt } = part
  return {
    ...part,
    losses: losses.subarray(0, count * iterations.length),
    brokenAt: brokenAt.subarray(0, count),
  }
}

/** The examples from `first` to `last` − 1. */
function craftBatch(
  attack: Attack,
  victim: Victim,
  split: ImageSplit,
  [first, last]: readonly [first: number, last: number],
  seed: number,
  observer: Observer,
): Omit<Unclipped, 'recorded'> {
  const size = split.images.length / split.count
  const examples = Array.from({ length: last - first }, (_, at) => first + at)
  const x = tf.tensor(split.images.slice(first * size, last * size), [
    last - first,
    ...victim.inputShape,
  ])
  const labels = tf.tensor1d(Int32Array.from(split.labels.subarray(first, last)), 'int32')
  const result = attack.run(victim, x, labels, attackRandom(seed, examples), observer)
  const adversarial = Float32Array.from(result.adversarial.dataSync())
  tf.dispose([x, labels, result.adversarial])
  const brokenBy = Float32Array.from(examples, (_, at) => {
    const part = result.brokenBy?.[at]
    return part ? attack.parts!.indexOf(part) + 1 : 0
  })
  return { adversarial, queries: result.queries, brokenBy }
}

/** The first `n` examples as they are. */
export function unchanged(split: ImageSplit, n: number): CraftedSet {
  const size = split.images.length / split.count
  const nothing = new Float32Array(n)
  const adversarial = split.images.subarray(0, n * size)
  return {
    adversarial,
    linf: nothing,
    l2: nothing,
    l1: nothing,
    queries: nothing,
    brokenBy: nothing,
  }
}

/**
 * Judges a model on adversarial examples by fresh passes over the stored, clipped values; the model
 * need not be the one they were crafted on.
 */
export function judge(victim: Victim, split: ImageSplit, crafted: CraftedSet): Outcome[] {
  const n = crafted.queries.length
  const size = split.images.length / split.count
  const before = predict(victim, split.images.subarray(0, n * size))
  const after = predict(victim, crafted.adversarial)
  return Array.from({ length: n }, (_, example) => {
    const label = split.labels[example]!
    return {
      example,
      label,
      cleanPrediction: before[example]!,
      adversarialPrediction: after[example]!,
      success: before[example] === label && after[example] !== label,
      linf: crafted.linf[example]!,
      l2: crafted.l2[example]!,
      l1: crafted.l1[example]!,
      queries: crafted.queries[example]!,
      brokenBy: crafted.brokenBy[example]!,
    }
  })
}
