import { tf } from '../src/engine/tf.ts'
import { tidied } from '../src/engine/tidied.ts'
import type { Attack } from './attack.ts'
import { type Climb, climb } from './climb.ts'
import { project, randomInBall } from './geometry.ts'
import { type OpenRows, runClean, untilBroken } from './open-rows.ts'
import type { Victim } from './victim.ts'

/** A climb, where it starts and how often it is repeated. */
export interface Climbs extends Climb {
  /** Runs, each from a start of its own, on the examples that are not misclassified yet. */
  readonly restarts: number
  /** Whether a run starts at a random point of the ball or at the clean input. */
  readonly randomStart: boolean
  /**
   * Classes aimed at, one after another in the order of the clean logits, with all restarts for
   * each; 0 only leaves the true class.
   */
  readonly targets: number
}

/**
 * An attack by repeated climbs of a loss within the ball. Whichever class an example is driven to,
 * it has succeeded where the class is wrong.
 */
export function climbingAttack(options: { readonly name: string }, climbs: Climbs): Attack {
  const { norm, epsilon, restarts } = climbs
  return {
    name: options.name,
    norm,
    epsilon,
    config: { ...options, epsilon },
    requires: ['lossGradient'],
    run(victim, x, labels, random) {
      const aims = Math.min(climbs.targets, victim.classes - 1)
      if (aims === 0) {
        return untilBroken(x, labels, random, restarts, (open, restart) =>
          climbOnce(climbs, victim, open, restart),
        )
      }
      let ranked: readonly (readonly number[])[] = []
      return untilBroken(x, labels, random, 1 + aims * restarts, (open, round) => {
        if (round === 0) {
          const clean = runClean(victim, open, 1)
          ranked = clean.ranked
          return clean
        }
        const rank = Math.floor((round - 1) / restarts)
        const targets = open.rows.map(row => ranked[row]![rank]!)
        return climbOnce(climbs, victim, open, round - 1, targets)
      })
    },
  }
}

function climbOnce(
  climbs: Climbs,
  victim: Victim,
  { x, labels, random }: OpenRows,
  round: number,
  targets?: readonly number[],
) {
  const { norm, epsilon, randomStart } = climbs
  const points = tidied(() => ({
    x: randomStart
      ? project(
          tf.add(x, randomInBall(x.shape, norm, epsilon, random, round)),
          x,
          norm,
          epsilon,
          victim.bounds,
        )
      : tf.clone(x),
    center: tf.clone(x),
    labels: tf.clone(labels),
    ...(targets && { targets: tf.tensor1d([...targets], 'int32') }),
  }))
  return climb(climbs, victim, points)
}
