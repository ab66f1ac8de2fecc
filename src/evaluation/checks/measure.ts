import type { Attack } from '../../../attacks/attack.ts'
import { expectation } from '../../../attacks/expectation.ts'
import { sizeOf } from '../../../attacks/scores.ts'
import type { Victim } from '../../../attacks/victim.ts'
import type { ImageSplit } from '../../data/dataset.ts'
import { tf } from '../../engine/tf.ts'
import { craft, judge, type Outcome } from '../attack-model.ts'
import { judgeRandomised } from '../judge-randomised.ts'
import type { Subject } from './check.ts'
import type { CheckSettings } from './settings.ts'

/** What predicates measure on the model itself. */
export interface Measure {
  readonly settings: CheckSettings
  /** Largest distance of two passes over the same images; 0 where the model has no noise. */
  readonly spread: number
  /** Whether passes differ. */
  readonly randomised: boolean
  /** The first so many examples, fewer where there are fewer. */
  first(count: number): ImageSplit
  /** Attacks the images and judges what comes out; noise is averaged when judging. */
  attacked(attack: Attack, request?: AttackRequest): Promise<Outcome[]>
  /** Class scores, `[count, classes]` row by row; of a randomised model one draw of them. */
  logits(images: Float32Array, victim?: Victim): Float32Array
}

export interface AttackRequest {
  /** What the attack sees; the subject's model if absent. */
  readonly crafting?: Victim
  /** Whose answers count; the model the attack saw if absent. */
  readonly judged?: Victim
  /** The first `settings.examples` if absent. */
  readonly split?: ImageSplit
}

/** Passes over the same images that are compared. */
export const identicalPasses = 5

/** Scores of unit length that are further apart than this differ. */
export const sameScores = 1e-4

/** Measurements on a subject. */
export function measureOf(subject: Subject, settings: CheckSettings): Measure {
  const { victim } = subject
  const first = (count: number) => firstOf(subject.split, Math.min(count, subject.examples))
  const spread = spreadOf(victim, first(settings.examples))
  const randomised = spread > sameScores
  return {
    settings,
    spread,
    randomised,
    first,
    async attacked(attack, request = {}) {
      const { crafting = victim, split = first(settings.examples) } = request
      const { judged = crafting } = request
      const crafted = await craft(attack, crafting, split, split.count, subject.seed)
      return randomised
        ? judgeRandomised(judged, split, crafted, settings.draws)
        : judge(judged, split, crafted)
    },
    logits: (images, of = victim) => scoresOf(of, images),
  }
}

/** The model as its mean over draws where it has noise. */
export function averaged(victim: Victim, { randomised, settings }: Measure): Victim {
  return randomised ? expectation(victim, settings.draws) : victim
}

/** The first `count` examples of a split. */
function firstOf(split: ImageSplit, count: number): ImageSplit {
  return chosen(split, [...Array(Math.min(count, split.count)).keys()])
}

/** Some examples of a split, in this order. */
export function chosen(split: ImageSplit, examples: readonly number[]): ImageSplit {
  const size = split.images.length / split.count
  const images = new Float32Array(examples.length * size)
  examples.forEach((example, at) => {
    images.set(split.images.subarray(example * size, (example + 1) * size), at * size)
  })
  return {
    images,
    labels: Uint8Array.from(examples, example => split.labels[example]!),
    count: examples.length,
  }
}

/**
 * Largest Euclidean distance between the scores that identical passes give an image, as vectors of
 * length one.
 */
function spreadOf(victim: Victim, { images }: ImageSplit): number {
  const passes = Array.from({ length: identicalPasses }, () =>
    unitRows(scoresOf(victim, images), victim.classes),
  )
  let largest = 0
  for (const [at, one] of passes.entries()) {
    for (const other of passes.slice(0, at)) {
      largest = Math.max(largest, furthestRows(one, other, victim.classes))
    }
  }
  return largest
}

/** Every row over its Euclidean length; zero stays zero. */
export function unitRows(values: Float32Array, width: number): Float32Array {
  const out = values.slice()
  for (let from = 0; from < out.length; from += width) {
    const row = out.subarray(from, from + width)
    const length = Math.hypot(...row) || 1
    row.forEach((value, at) => {
      row[at] = value / length
    })
  }
  return out
}

/** Largest Euclidean distance between rows of the same place; infinite where one is not a number. */
export function furthestRows(a: Float32Array, b: Float32Array, width: number): number {
  let largest = 0
  for (let from = 0; from < a.length; from += width) {
    let squares = 0
    for (let at = from; at < from + width; at++) squares += (a[at]! - b[at]!) ** 2
    const distance = Math.sqrt(squares)
    largest = Number.isNaN(distance) ? Infinity : Math.max(largest, distance)
  }
  return largest
}

/** Images in one pass. */
const batchSize = 100

function scoresOf(victim: Victim, images: Float32Array): Float32Array {
  const size = sizeOf(victim.inputShape)
  const count = images.length / size
  const out = new Float32Array(count * victim.classes)
  for (let first = 0; first < count; first += batchSize) {
    const last = Math.min(first + batchSize, count)
    const part = images.subarray(first * size, last * size)
    const x = tf.tensor(part, [last - first, ...victim.inputShape])
    const logits = victim.logits(x)
    out.set(logits.dataSync(), first * victim.classes)
    tf.dispose([x, logits])
  }
  return out
}
