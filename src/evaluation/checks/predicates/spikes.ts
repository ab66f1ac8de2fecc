import { createAttack } from '../../../../attacks/create-attack.ts'
import type { Outcome } from '../../attack-model.ts'
import {
  counted,
  measured,
  needsGradients,
  notApplicable,
  notMeasured,
  percent,
} from '../answers.ts'
import { aimsOf } from '../battery.ts'
import type { Answer, Predicate, Subject } from '../check.ts'
import {
  cleanAccuracy,
  evaluationOf,
  excess,
  robustAccuracy,
  whiteBox,
  withstands,
} from '../compare.ts'
import type { Measure } from '../measure.ts'

const hasSpikes = ({ training, surrogates }: Subject): boolean =>
  training?.hasSpikes ?? surrogates !== undefined

const nothingSpikes = 'Nothing in the model is known to spike.'

/** Share of its right answers that a model without defence loses to an attack worth the name. */
const undefendedLoss = 0.5

/** The same network, trained without a defence, falls to the same attack. */
export const undefendedControl: Predicate = {
  number: 18,
  name: 'undefended-control',
  title: 'The attack breaks the same network trained by backpropagation',
  meaning: 'validity',
  essential: false,
  run: needsGradients((subject, { settings }) => {
    const { training } = subject
    if (!hasSpikes(subject)) return [notApplicable(nothingSpikes)]
    if (training?.arm === 'bp') return [notApplicable('It is that network itself.')]
    const { reference } = aimsOf(subject, settings)
    const twins = subject.matched.flatMap(twin => {
      const same = twin.arm === 'bp' && twin.architecture === training?.architecture
      return (same && evaluationOf(twin, reference)) || []
    })
    const [found] = twins
    if (!found) return [notMeasured('There is no such network under PGD.')]
    const clean = cleanAccuracy(found.outcomes)
    const value =
      (clean - robustAccuracy(found.outcomes)) / Math.max(clean, 1 / found.outcomes.length)
    return [
      measured({
        passed: value >= undefendedLoss,
        value,
        threshold: undefendedLoss,
        detail: `The network trained by backpropagation loses ${percent(value)} of its right answers to PGD.`,
        evaluations: [found],
      }),
    ]
  }),
}

/** Derivatives that stand for a spike's are compared with two others. */
const enoughSurrogates = 3

/** Whichever derivative the attack takes for the spikes, the number holds. */
export const surrogates: Predicate = {
  number: 19,
  name: 'surrogates',
  title: 'Attacks through other surrogate derivatives break no more',
  meaning: 'masking',
  essential: true,
  run: needsGradients(async (subject, measure) => {
    if (!hasSpikes(subject)) return [notApplicable(nothingSpikes)]
    const victims = Object.entries(subject.surrogates ?? {})
    if (victims.length < enoughSurrogates) {
      return [notMeasured(`There are ${victims.length} surrogates; 3 are needed.`)]
    }
    const white = whiteBox(subject)
    if (white.length === 0) return [notMeasured('There is no attack by gradients.')]
    return [await throughAll(subject, measure)]
  }),
}

async function throughAll(subject: Subject, measure: Measure): Promise<Answer> {
  const { reference } = aimsOf(subject, measure.settings)
  const attack = createAttack(reference.attack, reference.epsilon)
  const white = whiteBox(subject)
  const through = []
  const said: string[] = []
  for (const [name, crafting] of Object.entries(subject.surrogates!)) {
    const outcomes = await measure.attacked(attack, { crafting, judged: subject.victim })
    through.push(outcomes)
    said.push(`${percent(robustAccuracy(outcomes))} through ${name}`)
  }
  const stored = worstOutcomes(white.map(({ outcomes }) => outcomes))
  const { value, tolerance } = excess(stored, worstOutcomes(through))
  return measured({
    passed: value <= tolerance,
    value,
    threshold: tolerance,
    detail: `${percent(robustAccuracy(stored))} withstand the stored attacks, ${said.join(', ')} (${counted(through[0]!.length, 'example')}).`,
    evaluations: white,
  })
}

/** For every example an outcome under which it falls, if there is one. */
function worstOutcomes(all: readonly (readonly Outcome[])[]): Outcome[] {
  const worst = new Map<number, Outcome>()
  for (const outcome of all.flat()) {
    if (!worst.has(outcome.example) || !withstands(outcome)) worst.set(outcome.example, outcome)
  }
  return [...worst.values()]
}
