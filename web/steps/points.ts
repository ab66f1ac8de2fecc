import type { StepGroup } from '../../server/schemas/gradients.ts'

type Norms = StepGroup['steps'][number]

/** The gradient at one step, as it is drawn and listed. */
export interface StepPoint extends Norms {
  readonly group: StepGroup
  /** From 1. */
  readonly place: number
  /** What estimates share, where it can be told from noise in every model. */
  readonly told: number | null
}

/** The points of a group, from the first step to the last. */
export function stepPoints(group: StepGroup): StepPoint[] {
  const level = chanceLevel(group)
  return group.steps.map(norms => {
    const { mean, seeds } = norms.signal
    // The mean of equal norms may differ from them in the last digit; some norm has to be larger.
    const clear =
      mean !== null &&
      mean > level &&
      seeds.some(value => value !== null && value > level) &&
      seeds.every(value => value !== null)
    return { ...norms, group, place: norms.step + 1, told: clear ? mean : null }
  })
}

/**
 * The norm that noise alone seems to have in common. Two independent means of noise have a negative
 * product as often as a positive one; so of the products that are positive, as many are noise as
 * are negative. This is the largest of them, if they are the smallest; 0 where none is negative.
 */
export function chanceLevel({ steps }: StepGroup): number {
  const values = steps.flatMap(({ signal }) => signal.seeds)
  const positive = values.filter(value => value !== null).sort((a, b) => a - b)
  const negative = values.length - positive.length
  return positive[Math.min(negative, positive.length) - 1] ?? 0
}
