import { tf } from '../src/engine/tf.ts'
import type { Crafted } from './attack.ts'
import type { AttackRandom } from './attack-random.ts'
import { type OpenRows, type Run, untilBroken } from './open-rows.ts'
import type { Victim } from './victim.ts'

/** The runs of an attack that looks at the clean inputs first. */
export interface Rounds {
  /** Runs for each target, or in all. */
  readonly restarts: number
  /** Classes aimed at, one after another in the order of the clean logits; 0: untargeted. */
  readonly targets: number
  /** Calls over which the clean logits are averaged: more than one for a victim with noise. */
  readonly calls: number
  /** Whether what is misclassified as it is needs no run. */
  readonly sparesWrong: boolean
}

/**
 * Like `untilBroken`, after a look at the clean inputs that costs `calls` queries.
 *
 * @param run one round; its number tells the restarts apart, `targets` is `[rows]`
 */
export function cleanFirst(
  victim: Victim,
  x: tf.Tensor,
  labels: tf.Tensor1D,
  random: AttackRandom,
  { restarts, targets, calls, sparesWrong }: Rounds,
  run: (open: OpenRows, round: number, targets: readonly number[] | undefined) => Run,
): Crafted {
  const aims = Math.min(targets, victim.classes - 1)
  let ranked: readonly (readonly number[])[] = []
  return untilBroken(x, labels, random, 1 + Math.max(aims, 1) * restarts, (open, round) => {
    if (round === 0) {
      const clean = lookAtClean(victim, open, calls)
      ranked = clean.ranked
      return sparesWrong ? clean : { ...clean, success: clean.success.map(() => false) }
    }
    const rank = Math.floor((round - 1) / restarts)
    const aimed = aims > 0 ? open.rows.map(row => ranked[row]![rank]!) : undefined
    return run(open, round - 1, aimed)
  })
}

interface CleanRun extends Run {
  /** Every class but the true one, in descending order of the clean logits, `[rows]`. */
  readonly ranked: readonly (readonly number[])[]
}

function lookAtClean(victim: Victim, { x, labels }: OpenRows, calls: number): CleanRun {
  const { adversarial, logits, predicted, truth } = tf.tidy(() => {
    const sum = tf.addN(Array.from({ length: calls }, () => victim.logits(x)))
    return {
      adversarial: Float32Array.from(x.dataSync()),
      logits: sum.arraySync() as number[][],
      predicted: tf.argMax(sum, 1).dataSync(),
      truth: labels.dataSync(),
    }
  })
  return {
    adversarial,
    success: logits.map((_, at) => predicted[at] !== truth[at]),
    queries: new Float32Array(logits.length).fill(calls),
    ranked: logits.map((row, at) =>
      [...row.keys()].filter(k => k !== truth[at]).sort((a, b) => row[b]! - row[a]!),
    ),
  }
}
