import { attackSchema, type BuiltInOptions } from '../../../attacks/create-attack.ts'
import { sizeOf } from '../../../attacks/scores.ts'
import type { Victim } from '../../../attacks/victim.ts'
import type { Subject } from './check.ts'
import type { CheckSettings } from './settings.ts'

/** What decides which attacks a subject is met with. */
export type Attacked = Pick<Subject, 'norm' | 'epsilon'> & {
  readonly victim: Pick<Victim, 'capabilities' | 'inputShape'>
}

/** An attack and the radius of its ball. */
export interface Aim {
  readonly attack: BuiltInOptions
  readonly epsilon: number
}

/** The attacks that predicates compare, by what they are compared for. */
export interface Aims {
  /** Projected gradients with one start: what the others are measured against. */
  readonly reference: Aim
  readonly singleStep: Aim
  /** The reference at every radius in ascending order, the subject's among them. */
  readonly byRadius: readonly Aim[]
  readonly singleStepByRadius: readonly Aim[]
  /** The ball holds the whole box. */
  readonly unbounded: Aim
  readonly twiceTheSteps: Aim
  readonly manyStarts: Aim
  readonly stepSizes: readonly Aim[]
  /** The reference on other losses than the cross-entropy. */
  readonly otherLosses: readonly Aim[]
  readonly targeted: Aim
  /**
   * Attacks whose steps adapt, in L1: there steps of one length come no closer to the best corner of
   * the ball than a step.
   */
  readonly adaptive: readonly Aim[]
  /** Scores alone. */
  readonly black: Aim
  /** Random points. */
  readonly random: Aim
}

/** Steps of the attack without a bound, and the length of one, as in ART's security curve. */
const unboundedSteps = { steps: 100, relativeStep: 1 / 50 }

/** Every attack that predicates look for among a subject's evaluations. */
export function aimsOf(subject: Attacked, settings: CheckSettings): Aims {
  const { norm, epsilon } = subject
  const { steps, targets } = settings
  const aim = (options: object, radius = epsilon): Aim => ({
    attack: attackSchema.parse({ norm, ...options }),
    epsilon: radius,
  })
  const pgd = (options: object = {}, radius = epsilon) =>
    aim({ name: 'pgd', steps, restarts: 1, ...options }, radius)
  const radii = [...settings.radii, 1].sort((a, b) => a - b).map(multiple => multiple * epsilon)
  return {
    reference: pgd(),
    singleStep: aim({ name: 'fgsm' }),
    byRadius: radii.map(radius => pgd({}, radius)),
    singleStepByRadius: radii.map(radius => aim({ name: 'fgsm' }, radius)),
    unbounded: pgd(unboundedSteps, boxRadius(subject)),
    twiceTheSteps: pgd({ steps: 2 * steps }),
    manyStarts: pgd({ restarts: settings.restarts }),
    stepSizes: settings.stepSizes.map(multiple => pgd({ relativeStep: (multiple * 2.5) / steps })),
    otherLosses: [pgd({ loss: 'margin' }), pgd({ loss: 'dlr' })],
    targeted: pgd({ loss: 'margin', targets }),
    adaptive:
      norm === 'l1'
        ? [aim({ name: 'apgd-ce', steps, restarts: 1 }), aim({ name: 'apgd-t', steps, targets })]
        : [],
    black: aim({ name: 'square', queries: settings.queries }),
    random: aim({ name: 'random-search', samples: settings.randomPoints, within: 'ball' }),
  }
}

/** The least radius whose ball around any image holds the whole box [0, 1]. */
export function boxRadius({ norm, victim }: Attacked): number {
  const size = sizeOf(victim.inputShape)
  return { linf: 1, l2: Math.sqrt(size), l1: size }[norm]
}

/**
 * The attacks, with their radii, whose evaluations the predicates compare, besides the clean one.
 * A model without gradients is met with those that ask for scores alone.
 */
export function battery(subject: Attacked, settings: CheckSettings): readonly Aim[] {
  const aims = aimsOf(subject, settings)
  const scores = [aims.black, aims.random]
  if (!subject.victim.capabilities.includes('lossGradient')) return scores
  return [
    ...aims.singleStepByRadius,
    ...aims.byRadius,
    aims.unbounded,
    aims.twiceTheSteps,
    aims.manyStarts,
    ...aims.stepSizes,
    ...aims.otherLosses,
    aims.targeted,
    ...aims.adaptive,
    ...scores,
  ]
}
