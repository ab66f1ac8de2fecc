import { type Measured, measured, needsGradients, notMeasured, percent } from '../answers.ts'
import { type Aim, aimsOf } from '../battery.ts'
import type { Answer, Predicate, Subject } from '../check.ts'
import { chanceLevel, cleanEvaluation, evaluationOf, excess, robustAccuracy } from '../compare.ts'

/** One attack should leave no more than another, up to the tolerance. */
interface Order {
  readonly part?: string
  readonly attack: Aim
  readonly than: Aim
  /** What the two are called. */
  readonly names: readonly [attack: string, than: string]
}

function inOrder(subject: Subject, { part, attack, than, names }: Order): Answer {
  const [one, other] = [evaluationOf(subject, attack), evaluationOf(subject, than)]
  if (!one || !other) {
    return notMeasured(`There is no evaluation of ${one ? names[1] : names[0]}.`, part)
  }
  const { value, tolerance } = excess(one.outcomes, other.outcomes)
  const [left, right] = [robustAccuracy(one.outcomes), robustAccuracy(other.outcomes)]
  const measurement: Measured = {
    passed: value <= tolerance,
    value,
    threshold: tolerance,
    detail: `${percent(left)} withstand ${names[0]}, ${percent(right)} ${names[1]}.`,
    evaluations: [one, other],
  }
  return measured(part === undefined ? measurement : { ...measurement, part })
}

const radius = (epsilon: number): string => `radius ${Number(epsilon.toPrecision(4))}`

/** Several steps are at least as good as one. */
export const iterativeVsSingleStep: Predicate = {
  number: 2,
  name: 'iterative-vs-single-step',
  title: 'Several steps break what a single one breaks',
  meaning: 'masking',
  essential: true,
  run: needsGradients((subject, { settings }) => {
    const { byRadius, singleStepByRadius } = aimsOf(subject, settings)
    return byRadius.map((attack, at) =>
      inOrder(subject, {
        part: radius(attack.epsilon),
        attack,
        than: singleStepByRadius[at]!,
        names: ['PGD', 'FGSM'],
      }),
    )
  }),
}

/** A larger ball holds the smaller one. */
export const monotoneInEpsilon: Predicate = {
  number: 3,
  name: 'monotone-in-epsilon',
  title: 'A larger radius breaks more',
  meaning: 'masking',
  essential: true,
  run: needsGradients((subject, { settings }) => {
    const { byRadius } = aimsOf(subject, settings)
    const ordered = byRadius.slice(1).map((attack, at) => {
      const than = byRadius[at]!
      const names = [`PGD at ${radius(attack.epsilon)}`, `at ${radius(than.epsilon)}`] as const
      return inOrder(subject, { part: radius(attack.epsilon), attack, than, names })
    })
    return [...ordered, fallsSomewhere(subject, byRadius)]
  }),
}

/** Whether any radius leaves less than the clean accuracy. */
function fallsSomewhere(subject: Subject, byRadius: readonly Aim[]): Answer {
  const part = 'falls somewhere'
  const clean = cleanEvaluation(subject)
  const attacked = byRadius.flatMap(aim => evaluationOf(subject, aim) ?? [])
  if (!clean || attacked.length === 0) {
    return notMeasured('There is no clean evaluation, or none of PGD.', part)
  }
  const before = robustAccuracy(clean.outcomes)
  const least = Math.min(...attacked.map(({ outcomes }) => robustAccuracy(outcomes)))
  return measured({
    part,
    passed: before - least > 0 || before === 0,
    value: before - least,
    threshold: 0,
    detail: `Of ${percent(before)} correct without attack at least ${percent(least)} withstand.`,
    evaluations: [clean, ...attacked],
  })
}

/** Where everything is allowed, nothing withstands. */
export const unboundedSuccess: Predicate = {
  number: 4,
  name: 'unbounded-success',
  title: 'Without a bound, the attack breaks everything',
  meaning: 'masking',
  essential: true,
  run: needsGradients((subject, { settings }) => {
    const found = evaluationOf(subject, aimsOf(subject, settings).unbounded)
    if (!found) return [notMeasured('There is no evaluation of PGD in the whole box.')]
    const value = robustAccuracy(found.outcomes)
    const { classes } = subject.victim
    const threshold = chanceLevel(classes, found.outcomes.length)
    return [
      measured({
        passed: value <= threshold,
        value,
        threshold,
        detail: `${percent(value)} withstand PGD in the whole box; chance is ${percent(1 / classes)}, of ${found.outcomes.length} examples up to ${percent(threshold)}.`,
        evaluations: [found],
      }),
    ]
  }),
}

/** More steps change nothing. */
export const convergence: Predicate = {
  number: 8,
  name: 'convergence',
  title: 'Twice the steps break no more',
  meaning: 'validity',
  essential: true,
  run: needsGradients((subject, { settings }) => {
    const { reference: attack, twiceTheSteps: than } = aimsOf(subject, settings)
    const names = [`${settings.steps} steps of PGD`, `${2 * settings.steps}`] as const
    return [inOrder(subject, { attack, than, names })]
  }),
}

/** More starts change nothing. */
export const restarts: Predicate = {
  number: 9,
  name: 'restarts',
  title: 'More random starts break no more',
  meaning: 'validity',
  essential: true,
  run: needsGradients((subject, { settings }) => {
    const { reference: attack, manyStarts: than } = aimsOf(subject, settings)
    const names = ['PGD from one start', `from ${settings.restarts} starts`] as const
    return [inOrder(subject, { attack, than, names })]
  }),
}

/** No other length of a step is better. */
export const stepSize: Predicate = {
  number: 10,
  name: 'step-size',
  title: 'No other step size breaks more',
  meaning: 'validity',
  essential: true,
  run: needsGradients((subject, { settings }) => {
    const { reference: attack, stepSizes } = aimsOf(subject, settings)
    return settings.stepSizes.map((multiple, at) =>
      inOrder(subject, {
        part: `${multiple} of the step`,
        attack,
        than: stepSizes[at]!,
        names: ['PGD', `PGD with steps ${multiple} times as long`],
      }),
    )
  }),
}
