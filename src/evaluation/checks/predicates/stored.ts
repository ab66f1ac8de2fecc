import type { Norm } from '../../../../attacks/attack.ts'
import { createAttack } from '../../../../attacks/create-attack.ts'
import { sizeOf } from '../../../../attacks/scores.ts'
import type { Victim } from '../../../../attacks/victim.ts'
import type { ImageSplit } from '../../../data/dataset.ts'
import { tf } from '../../../engine/tf.ts'
import type { Outcome } from '../../attack-model.ts'
import { counted, measured, notMeasured, percent } from '../answers.ts'
import { aimsOf } from '../battery.ts'
import type { Answer, CheckEvaluation, Predicate, Subject } from '../check.ts'
import {
  type Attacking,
  attackEvaluations,
  cleanEvaluation,
  cleanAccuracy as cleanShare,
} from '../compare.ts'
import { averaged, type Measure } from '../measure.ts'

/** Share of answers that chance may turn over where a model has noise; none where it has not. */
const mayDiffer = ({ randomised }: Measure): number => (randomised ? 0.05 : 0)

/** Without an attack, and with one of radius zero, the answers are those of the clean images. */
export const cleanAccuracy: Predicate = {
  number: 1,
  name: 'clean-accuracy',
  title: 'Every evaluation starts from the same clean accuracy',
  meaning: 'validity',
  essential: true,
  async run(subject, measure) {
    const clean = cleanEvaluation(subject)
    if (!clean) return [notMeasured('There is no clean evaluation.')]
    const gradients = subject.victim.capabilities.includes('lossGradient')
    return [
      sameStart(subject, clean, measure),
      ...(gradients ? [await radiusZero(subject, clean, measure)] : []),
    ]
  },
}

function sameStart(subject: Subject, clean: CheckEvaluation, measure: Measure): Answer {
  const before = new Map(clean.outcomes.map(outcome => [outcome.example, outcome]))
  const attacks = attackEvaluations(subject)
  const shares = attacks.map(({ outcomes }) => {
    const other = outcomes.filter(({ example, label, cleanPrediction }) => {
      const match = before.get(example)
      return match?.label !== label || match.cleanPrediction !== cleanPrediction
    })
    return other.length / outcomes.length
  })
  const value = Math.max(0, ...shares)
  const threshold = mayDiffer(measure)
  const differing = attacks.filter((_, at) => shares[at]! > threshold)
  const accuracy = percent(cleanShare(clean.outcomes))
  return measured({
    part: 'stored',
    passed: differing.length === 0,
    value,
    threshold,
    detail: `Clean accuracy is ${accuracy}; ${counted(differing.length, 'evaluation')} of ${attacks.length} saw other clean answers.`,
    evaluations: [clean, ...differing],
  })
}

async function radiusZero(
  subject: Subject,
  clean: CheckEvaluation,
  measure: Measure,
): Promise<Answer> {
  const { reference } = aimsOf(subject, measure.settings)
  const outcomes = await measure.attacked(createAttack(reference.attack, 0))
  const before = new Map(clean.outcomes.map(outcome => [outcome.example, outcome.cleanPrediction]))
  const changed = outcomes.filter(o => o.adversarialPrediction !== before.get(o.example)).length
  const value = changed / outcomes.length
  const threshold = mayDiffer(measure)
  return measured({
    part: 'radius zero',
    passed: value <= threshold,
    value,
    threshold,
    detail: `PGD of radius zero changes ${changed} of ${counted(outcomes.length, 'answer')}.`,
    evaluations: [clean],
  })
}

/** What is stored lies in the ball and the box. */
export const threatModel: Predicate = {
  number: 21,
  name: 'threat-model',
  title: 'Stored examples lie within ball and box',
  meaning: 'validity',
  essential: true,
  run(subject) {
    const kept = withExamples(subject)
    if (kept.length === 0) return [notMeasured('No adversarial examples are stored.')]
    const outside = kept.map(evaluation => excessOf(subject, evaluation))
    const value = Math.max(...outside)
    const wrong = kept.filter((_, at) => outside[at]! > 1)
    return [
      measured({
        passed: wrong.length === 0,
        value,
        threshold: 1,
        detail: `The largest change is ${value.toFixed(4)} of what is allowed; ${counted(wrong.length, 'evaluation')} of ${kept.length} left ball or box.`,
        evaluations: wrong.length > 0 ? wrong : kept,
      }),
    ]
  },
}

type Kept = Attacking & { readonly adversarial: Float32Array }

const withExamples = (subject: Subject): Kept[] =>
  attackEvaluations(subject).filter((evaluation): evaluation is Kept => !!evaluation.adversarial)

/** Relative slack of a radius, as in AutoAttack's last look at its examples. */
const slack = 1e-6

/** Error of a number in [0, 1] as float32 holds it. */
const rounding = 2 ** -24

/** Largest change over what the radius and rounding allow; infinite outside the box. */
function excessOf({ split, victim }: Subject, { attack, epsilon, adversarial }: Kept): number {
  const size = sizeOf(victim.inputShape)
  const [low, high] = victim.bounds
  if (adversarial.some(value => !(value >= low && value <= high))) return Infinity
  const allowed =
    epsilon * (1 + slack) + rounding * { linf: 1, l2: Math.sqrt(size), l1: size }[attack.norm]
  let largest = 0
  for (let from = 0; from < adversarial.length; from += size) {
    const change = adversarial
      .slice(from, from + size)
      .map((value, at) => value - split.images[from + at]!)
    largest = Math.max(largest, lengthOf(change, attack.norm))
  }
  return largest / allowed
}

function lengthOf(change: Float32Array, norm: Norm): number {
  if (norm === 'linf') return change.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
  if (norm === 'l1') return change.reduce((sum, value) => sum + Math.abs(value), 0)
  return Math.sqrt(change.reduce((sum, value) => sum + value * value, 0))
}

/** Another look at what is stored, in other batches, gives the same answers. */
export const reverified: Predicate = {
  number: 22,
  name: 'reverified',
  title: 'Stored examples are judged the same in other batches',
  meaning: 'validity',
  essential: true,
  run(subject, measure) {
    const kept = withExamples(subject)
    if (kept.length === 0) return [notMeasured('No adversarial examples are stored.')]
    const judge = averaged(subject.victim, measure)
    const threshold = mayDiffer(measure)
    const shares = kept.map(({ adversarial, outcomes }) =>
      otherAnswers(judge, adversarial, outcomes),
    )
    const value = Math.max(...shares)
    const wrong = kept.filter((_, at) => shares[at]! > threshold)
    return [
      measured({
        passed: wrong.length === 0,
        value,
        threshold,
        detail: `Judged anew, backwards and in batches of ${otherBatch}, at most ${percent(value)} of the answers of an evaluation change.`,
        evaluations: wrong.length > 0 ? wrong : kept,
      }),
    ]
  },
}

/** A batch size that no evaluation uses. */
const otherBatch = 7

/** Share of examples that are answered otherwise than is stored, from the last to the first. */
function otherAnswers(
  { inputShape, logits }: Victim,
  adversarial: ImageSplit['images'],
  outcomes: readonly Outcome[],
): number {
  const size = sizeOf(inputShape)
  let differing = 0
  for (let last = outcomes.length; last > 0; last -= otherBatch) {
    const first = Math.max(0, last - otherBatch)
    const part = adversarial.subarray(first * size, last * size)
    const answers = tf.tidy(() => {
      const x = tf.tensor(part, [last - first, ...inputShape])
      return tf.argMax(logits(tf.reverse(x, 0)), 1).dataSync()
    })
    const stored = outcomes.slice(first, last).reverse()
    differing += stored.filter((o, at) => o.adversarialPrediction !== answers[at]).length
  }
  return differing / outcomes.length
}
