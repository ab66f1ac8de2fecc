import { createAttack } from '../../../../attacks/create-attack.ts'
import type { Victim } from '../../../../attacks/victim.ts'
import { tf } from '../../../engine/tf.ts'
import type { Outcome } from '../../attack-model.ts'
import { measured, needsGradients, notMeasured, percent } from '../answers.ts'
import { aimsOf } from '../battery.ts'
import type { Answer, Predicate, Subject } from '../check.ts'
import { evaluationOf, excess, robustAccuracy } from '../compare.ts'
import type { Measure } from '../measure.ts'

/**
 * How much two losses may differ on an honest model: half of the examples that the stronger of the two
 * breaks. Honest models were seen to differ by up to a third of these, saturated ones by nearly all.
 */
function honestDifference(one: readonly Outcome[], other: readonly Outcome[]): number {
  return (1 - Math.min(robustAccuracy(one), robustAccuracy(other))) / 2
}

const lossOf = (attack: object): string => ('loss' in attack ? String(attack.loss) : 'ce')

/** The cross-entropy sees what other losses see. */
export const lossSwitch: Predicate = {
  number: 12,
  name: 'loss-switch',
  title: 'Other losses leave as much as the cross-entropy',
  meaning: 'masking',
  essential: true,
  run: needsGradients((subject, { settings }) => {
    const { reference, otherLosses } = aimsOf(subject, settings)
    const one = evaluationOf(subject, reference)
    return otherLosses.map(aim => {
      const part = lossOf(aim.attack)
      const other = evaluationOf(subject, aim)
      if (!one || !other) return notMeasured(`There is no evaluation of PGD with each loss.`, part)
      const { value, tolerance } = excess(one.outcomes, other.outcomes)
      const [left, right] = [one, other].map(({ outcomes }) => percent(robustAccuracy(outcomes)))
      const threshold = Math.max(tolerance, honestDifference(one.outcomes, other.outcomes))
      return measured({
        part,
        passed: Math.abs(value) <= threshold,
        value,
        threshold,
        detail: `${left} withstand PGD on the cross-entropy, ${right} on the loss ${part}.`,
        evaluations: [one, other],
      })
    })
  }),
}

/** What logits are divided by. */
const divisors = [10, 100, 1000]

/** Robustness does not depend on the unit of the logits. */
export const logitScale: Predicate = {
  number: 13,
  name: 'logit-scale',
  title: 'Smaller logits change nothing',
  meaning: 'masking',
  essential: true,
  run: needsGradients(async (subject, measure) => {
    const { reference, otherLosses } = aimsOf(subject, measure.settings)
    return [
      await scaled(subject, measure, createAttack(otherLosses[0]!.attack, subject.epsilon), -1),
      await scaled(subject, measure, createAttack(reference.attack, subject.epsilon), 1),
    ]
  }),
}

/**
 * Robust accuracy at every scale against that of the model as it is.
 *
 * @param side 1: smaller logits must not leave less, the cross-entropy was saturated; −1: they must
 *   not leave more, the margin does not know a scale
 */
async function scaled(
  subject: Subject,
  measure: Measure,
  attack: ReturnType<typeof createAttack>,
  side: 1 | -1,
): Promise<Answer> {
  const before = await measure.attacked(attack)
  const found = []
  for (const divisor of divisors) {
    const crafting = divided(subject.victim, divisor)
    const outcomes = await measure.attacked(attack, { crafting, judged: subject.victim })
    const { value, tolerance } = excess(before, outcomes)
    const least = side === 1 ? honestDifference(before, outcomes) : 0
    found.push({
      divisor,
      outcomes,
      value: side * value,
      tolerance: Math.max(tolerance, least),
    })
  }
  const worst = found.reduce((a, b) => (b.value - b.tolerance > a.value - a.tolerance ? b : a))
  const [left, right] = [before, worst.outcomes].map(o => percent(robustAccuracy(o)))
  const part = lossOf(attack.config)
  return measured({
    part,
    passed: worst.value <= worst.tolerance,
    value: worst.value,
    threshold: worst.tolerance,
    detail: `${left} withstand PGD on the loss ${part}, ${right} with logits divided by ${worst.divisor}.`,
  })
}

/** The model with smaller logits. */
function divided(victim: Victim, divisor: number): Victim {
  const smaller = (logits: tf.Tensor2D) => tf.div<tf.Tensor2D>(logits, divisor)
  return {
    ...victim,
    logits: x => tf.tidy(() => smaller(victim.logits(x))),
    lossGradient(x, loss) {
      const found = victim.lossGradient!(x, logits => loss(smaller(logits)))
      const logits = smaller(found.logits)
      found.logits.dispose()
      return { ...found, logits }
    },
  }
}
