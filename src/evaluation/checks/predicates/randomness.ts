import { createAttack } from '../../../../attacks/create-attack.ts'
import { overExpectation } from '../../../../attacks/expectation.ts'
import type { Outcome } from '../../attack-model.ts'
import { measured, needsGradients, notApplicable, notMeasured, percent } from '../answers.ts'
import { aimsOf } from '../battery.ts'
import type { Answer, Predicate, Subject } from '../check.ts'
import { excess, robustAccuracy } from '../compare.ts'
import type { Measure } from '../measure.ts'

const deterministic = 'Passes agree: the model has no noise.'

/** The reference attack, which takes all its steps: a success by chance is none. */
function throughNoise(subject: Subject, { settings }: Measure) {
  const { attack } = aimsOf(subject, settings).reference
  return createAttack({ ...attack, iterate: 'last' } as typeof attack, subject.epsilon)
}

/** A known draw of the noise is no harder than an unknown one. */
export const frozenRandomness: Predicate = {
  number: 16,
  name: 'frozen-randomness',
  title: 'With its noise frozen, the model is no more robust',
  meaning: 'validity',
  essential: true,
  run: needsGradients(async (subject, measure) => {
    const { frozen } = subject
    if (!measure.randomised) return [notApplicable(deterministic)]
    if (!frozen) return [notMeasured('The model cannot be had with its noise frozen.')]
    const attack = throughNoise(subject, measure)
    const one = await measure.attacked(attack, { crafting: frozen })
    const other = await measure.attacked(overExpectation(attack, measure.settings.draws))
    return [atMost(one, other, ['with the noise frozen', 'with fresh noise'])]
  }),
}

/** Averaging over the noise, and over more of it, breaks no more. */
export const expectationOverNoise: Predicate = {
  number: 17,
  name: 'expectation-over-noise',
  title: 'Averaging over more noise breaks no more',
  meaning: 'masking',
  essential: true,
  run: needsGradients(async (subject, measure) => {
    if (!measure.randomised) return [notApplicable(deterministic)]
    const { draws } = measure.settings
    const attack = throughNoise(subject, measure)
    const single = await measure.attacked(attack)
    const some = await measure.attacked(overExpectation(attack, draws))
    const twice = await measure.attacked(overExpectation(attack, 2 * draws))
    return [
      atMost(single, some, ['with gradients of one draw', `of ${draws} draws`], 'one draw'),
      atMost(
        some,
        twice,
        [`with gradients of ${draws} draws`, `of ${2 * draws}`],
        'twice the draws',
      ),
    ]
  }),
}

function atMost(
  one: readonly Outcome[],
  other: readonly Outcome[],
  names: readonly [string, string],
  part?: string,
): Answer {
  const { value, tolerance } = excess(one, other)
  const [left, right] = [one, other].map(outcomes => percent(robustAccuracy(outcomes)))
  return measured({
    ...(part !== undefined && { part }),
    passed: value <= tolerance,
    value,
    threshold: tolerance,
    detail: `${left} withstand PGD ${names[0]}, ${right} ${names[1]}; fresh draws decide.`,
  })
}
