import { z } from 'zod'
import { tf } from '../src/engine/tf.ts'
import { tidied } from '../src/engine/tidied.ts'
import { type Attack, normSchema } from './attack.ts'
import { cleanFirst } from './clean-first.ts'
import { type Climb, climb } from './climb.ts'
import { project, randomInBall } from './geometry.ts'
import { observeRun, type RunObserver } from './observer.ts'
import { type OpenRows, untilBroken } from './open-rows.ts'
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
  const { norm, epsilon, steps, loss, restarts, targets } = climbs
  return {
    name: options.name,
    norm,
    epsilon,
    config: { ...options, epsilon },
    requires: ['lossGradient'],
    run(victim, x, labels, random, observer) {
      const runs = Math.max(Math.min(targets, victim.classes - 1), 1) * restarts
      const observed = ({ rows }: OpenRows, run: number) =>
        observeRun(observer?.rows(rows), { loss, run, runs, length: steps + 1 })
      if (targets === 0) {
        return untilBroken(x, labels, random, restarts, (open, restart) =>
          climbOnce(climbs, victim, open, restart, undefined, observed(open, restart)),
        )
      }
      const rounds = { restarts, targets, calls: 1, sparesWrong: true }
      return cleanFirst(victim, x, labels, random, rounds, (open, round, aimed) =>
        climbOnce(climbs, victim, open, round, aimed, observed(open, round)),
      )
    },
  }
}

/** Options of attacks that go from the clean input in small steps. */
export const smallStepFields = {
  norm: normSchema,
  steps: z.int().min(1).max(100_000).default(10),
  /** Length of a step as a multiple of epsilon; 1 / steps just reaches the sphere. */
  relativeStep: z.number().positive().max(10).optional(),
  iterate: z.enum(['best-so-far', 'last']).default('best-so-far'),
}

/** The options with the length of a step that reaches the sphere where none is given. */
export function reachingTheSphere<
  Options extends { readonly steps: number; readonly relativeStep?: number | undefined },
>(options: Options) {
  return { ...options, relativeStep: options.relativeStep ?? 1 / options.steps }
}

/** The attack that raises the cross-entropy once, in small steps from the clean input. */
export function smallSteps(
  options: { readonly name: string } & Omit<Climb, 'epsilon' | 'stepRule' | 'movedShare' | 'loss'>,
  epsilon: number,
): Attack {
  return climbingAttack(options, {
    ...options,
    epsilon,
    stepRule: 'constant',
    movedShare: 0.01,
    loss: 'ce',
    targets: 0,
    restarts: 1,
    randomStart: false,
  })
}

function climbOnce(
  climbs: Climbs,
  victim: Victim,
  { x, labels, random }: OpenRows,
  round: number,
  targets: readonly number[] | undefined,
  observe: RunObserver | undefined,
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
  return climb(climbs, victim, points, observe)
}
