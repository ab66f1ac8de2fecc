import { createAttack } from '../../../../attacks/create-attack.ts'
import type { Victim } from '../../../../attacks/victim.ts'
import { tf } from '../../../engine/tf.ts'
import { measured, needsGradients, percent } from '../answers.ts'
import { aimsOf } from '../battery.ts'
import type { Answer, Predicate, Subject } from '../check.ts'
import { chanceLevel, robustAccuracy, robustExamples, withstands } from '../compare.ts'
import { bestLead, linearVictim, nearestMean } from '../linear-control.ts'
import { averaged, type Measure } from '../measure.ts'

/** The attacks break what is known to be weak. */
export const knownWeakModels: Predicate = {
  number: 24,
  name: 'known-weak-models',
  title: 'The attacks break models that are known to be weak',
  meaning: 'validity',
  essential: true,
  run: needsGradients(async (subject, measure) => [
    await linear(subject, measure),
    await quantised(subject, measure),
  ]),
}

/** Examples this close to the edge of what is possible, relatively, may go either way. */
const edge = 1.05

/** A linear classifier of the images: which of them can be broken is known in closed form. */
async function linear(subject: Subject, measure: Measure): Promise<Answer> {
  const { victim, norm, epsilon } = subject
  const split = measure.first(measure.settings.examples)
  const size = split.images.length / split.count
  const classifier = nearestMean(split)
  const crafting = linearVictim(classifier, victim.inputShape)
  const { reference, targeted, adaptive } = aimsOf(subject, measure.settings)
  const ball = { norm, epsilon }
  let left = new Set([...Array(split.count).keys()])
  for (const { attack } of [reference, targeted, ...adaptive]) {
    const outcomes = await measure.attacked(createAttack(attack, epsilon), { crafting, split })
    left = robustExamples(outcomes.filter(({ example }) => left.has(example)))
  }
  const breakable = [...split.labels.keys()].filter(example => {
    const x = split.images.subarray(example * size, (example + 1) * size)
    return bestLead(classifier, x, split.labels[example]!, ball, edge) > 0
  })
  const missed = breakable.filter(example => left.has(example)).length
  const value = missed / split.count
  return measured({
    part: 'linear',
    passed: missed === 0,
    value,
    threshold: 0,
    detail: `Of ${breakable.length} examples that can be broken on a linear classifier ${adaptive.length > 0 ? 'PGD and APGD leave' : 'PGD leaves'} ${missed}.`,
  })
}

/** Levels of the quantised input. */
const levels = 8

/** The model behind a rounding of its input that the attack looks through: it must fall. */
async function quantised(subject: Subject, measure: Measure): Promise<Answer> {
  const { unbounded } = aimsOf(subject, measure.settings)
  const crafting = behindRounding(averaged(subject.victim, measure))
  const split = measure.first(measure.settings.examples)
  const attack = createAttack(unbounded.attack, unbounded.epsilon)
  const outcomes = await measure.attacked(attack, { crafting, split })
  const value = robustAccuracy(outcomes)
  const threshold = chanceLevel(subject.victim.classes, outcomes.length)
  return measured({
    part: 'quantised',
    passed: value <= threshold,
    value,
    threshold,
    detail: `Behind an input of ${levels} levels ${percent(value)} withstand PGD through the rounding in the whole box; ${outcomes.filter(withstands).length} examples.`,
  })
}

/**
 * The model behind rounded inputs, with the derivative of the rounding taken for one.
 *
 * @see Athalye et al., "Obfuscated gradients give a false sense of security", 2018: BPDA
 */
function behindRounding(victim: Victim): Victim {
  const rounded = (x: tf.Tensor) =>
    tf.tidy(() => tf.div(tf.round(tf.mul(x, levels - 1)), levels - 1))
  return {
    ...victim,
    logits: x => tf.tidy(() => victim.logits(rounded(x))),
    lossGradient(x, loss) {
      const seen = rounded(x)
      const found = victim.lossGradient!(seen, loss)
      seen.dispose()
      return found
    },
  }
}
