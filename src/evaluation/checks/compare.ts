import { isDeepStrictEqual } from 'node:util'
import { type AttackOptions, createAttack } from '../../../attacks/create-attack.ts'
import { pairedDifference } from '../../statistics/paired.ts'
import { wilson } from '../../statistics/wilson.ts'
import type { Outcome } from '../attack-model.ts'
import type { CheckEvaluation, Subject } from './check.ts'

/** An evaluation of an attack. */
export type Attacking = CheckEvaluation & { readonly attack: AttackOptions }

/** Whether an example is classified correctly without the attack and under it. */
export function withstands({ label, cleanPrediction, success }: Outcome): boolean {
  return cleanPrediction === label && !success
}

/** Share of all examples that withstand. */
export function robustAccuracy(outcomes: readonly Outcome[]): number {
  return outcomes.filter(withstands).length / outcomes.length
}

/** Share of all examples that are classified correctly as they are. */
export function cleanAccuracy(outcomes: readonly Outcome[]): number {
  return outcomes.filter(o => o.cleanPrediction === o.label).length / outcomes.length
}

/** The outcomes of the clean evaluation. */
export function cleanEvaluation({ evaluations }: Pick<Subject, 'evaluations'>) {
  return evaluations.find(({ attack, craftedOn }) => !attack && !craftedOn)
}

const isAttack = (evaluation: CheckEvaluation): evaluation is Attacking => !!evaluation.attack

/** Every attack made on the model itself or on another one. */
export function attackEvaluations({ evaluations }: Pick<Subject, 'evaluations'>): Attacking[] {
  return evaluations.filter(isAttack)
}

/** The evaluation of this very attack, made on the model itself. */
export function evaluationOf(
  subject: Pick<Subject, 'evaluations'>,
  { attack, epsilon }: Pick<Attacking, 'attack' | 'epsilon'>,
): Attacking | undefined {
  return attackEvaluations(subject).find(
    candidate =>
      !candidate.craftedOn &&
      sameRadius(candidate.epsilon, epsilon) &&
      isDeepStrictEqual(candidate.attack, attack),
  )
}

/** Radii of different origin differ by rounding. */
export function sameRadius(a: number, b: number): boolean {
  return Math.abs(a - b) <= 1e-9 * Math.max(Math.abs(a), Math.abs(b))
}

/** Attacks in the subject's ball: its norm, its radius. */
function inTheBall(subject: Subject): Attacking[] {
  return attackEvaluations(subject).filter(
    ({ attack, epsilon }) => attack.norm === subject.norm && sameRadius(epsilon, subject.epsilon),
  )
}

/** In the subject's ball, on the model itself, by gradients alone. */
export function whiteBox(subject: Subject): Attacking[] {
  return inTheBall(subject).filter(({ attack, craftedOn, epsilon }) => {
    const { requires, parts } = createAttack(attack, epsilon)
    return !craftedOn && requires.includes('lossGradient') && !parts?.includes('square')
  })
}

/** In the subject's ball, on the model itself, by scores or decisions; random points left out. */
export function blackBox(subject: Subject): Attacking[] {
  return inTheBall(subject).filter(({ attack, craftedOn, epsilon }) => {
    const { name, requires } = createAttack(attack, epsilon)
    return !craftedOn && requires.length === 0 && name !== 'random-search'
  })
}

/** In the subject's ball, made on another model. */
export function transfers(subject: Subject): (Attacking & Pick<CheckEvaluation, 'craftedOn'>)[] {
  return inTheBall(subject).filter(({ craftedOn }) => craftedOn)
}

/** Examples that withstand every one of these attacks. */
export function worstCase(evaluations: readonly Pick<CheckEvaluation, 'outcomes'>[]): Set<number> {
  const [first, ...rest] = evaluations.map(({ outcomes }) => robustExamples(outcomes))
  return new Set([...(first ?? [])].filter(example => rest.every(set => set.has(example))))
}

export function robustExamples(outcomes: readonly Outcome[]): Set<number> {
  return new Set(outcomes.filter(withstands).map(({ example }) => example))
}

/** How much more one attack leaves than another on the same examples. */
export interface Excess {
  /** Difference of the robust accuracies. */
  readonly value: number
  /** The largest of one example, half the paired 95 % interval and one point of accuracy. */
  readonly tolerance: number
}

/** With many examples, differences too small to matter would be significant. */
const onePoint = 0.01

/** Robust accuracy under `one` less that under `other`, over the examples that both have met. */
export function excess(one: readonly Outcome[], other: readonly Outcome[]): Excess {
  const byExample = new Map(other.map(outcome => [outcome.example, outcome]))
  let [n, more, fewer] = [0, 0, 0]
  for (const outcome of one) {
    const match = byExample.get(outcome.example)
    if (!match) continue
    n++
    if (withstands(outcome) && !withstands(match)) more++
    if (!withstands(outcome) && withstands(match)) fewer++
  }
  const { low, high, difference } = pairedDifference(fewer, more, n)
  return { value: difference, tolerance: Math.max(1 / n, (high - low) / 2, onePoint) }
}

/**
 * The largest share of so many examples that may be chance, one over the number of classes: the last
 * whose lower 95 % bound (Wilson) is not above it.
 */
export function chanceLevel(classes: number, examples: number): number {
  let count = Math.floor(examples / classes)
  while (count < examples && wilson(count + 1, examples).low <= 1 / classes) count++
  return count / examples
}

/** Share of examples that an attack by gradients may miss: that of AutoAttack, or one example. */
export function fewMissed(n: number): number {
  return Math.max(0.002, 1 / n)
}
