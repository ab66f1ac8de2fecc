import { counted, measured, needsGradients, notMeasured } from '../answers.ts'
import { aimsOf } from '../battery.ts'
import type { Answer, Predicate, Subject } from '../check.ts'
import {
  type Attacking,
  blackBox,
  evaluationOf,
  fewMissed,
  robustExamples,
  transfers,
  whiteBox,
  worstCase,
} from '../compare.ts'

/** Examples that every attack by gradients left and that this rival broke. */
function missed(
  subject: Subject,
  rival: Attacking,
  {
    part,
    name,
    allowed,
  }: { readonly part?: string; readonly name: string; readonly allowed: number },
): Answer {
  const white = whiteBox(subject)
  if (white.length === 0) return notMeasured('There is no attack by gradients.', part)
  const met = new Set(rival.outcomes.map(({ example }) => example))
  const left = [...worstCase(white)].filter(example => met.has(example))
  const withstood = robustExamples(rival.outcomes)
  const broken = left.filter(example => !withstood.has(example)).length
  const value = broken / rival.outcomes.length
  return measured({
    ...(part !== undefined && { part }),
    passed: value <= allowed,
    value,
    threshold: allowed,
    detail: `${name} breaks ${broken} of the ${counted(left.length, 'example')} left by gradients.`,
    evaluations: [rival, ...white],
  })
}

/** Who sees the gradients does better than who sees scores. */
export const whiteVsBlack: Predicate = {
  number: 5,
  name: 'white-vs-black',
  title: 'Attacks by gradients break what attacks on scores break',
  meaning: 'masking',
  essential: true,
  run: needsGradients(subject => {
    const rivals = blackBox(subject)
    if (rivals.length === 0) return [notMeasured('There is no attack on scores in this ball.')]
    return rivals.map(rival =>
      missed(subject, rival, {
        part: rival.attack.name,
        name: rival.attack.name,
        allowed: fewMissed(rival.outcomes.length),
      }),
    )
  }),
}

/** Who sees the model does better than who sees another. */
export const whiteVsTransfer: Predicate = {
  number: 6,
  name: 'white-vs-transfer',
  title: 'Attacks by gradients break what examples of other models break',
  meaning: 'masking',
  essential: false,
  run: needsGradients(subject => {
    const rivals = transfers(subject)
    if (rivals.length === 0) return [notMeasured('There are no examples of another model.')]
    return rivals.map(rival => {
      const { model, arm, architecture } = rival.craftedOn!
      return missed(subject, rival, {
        part: `${rival.attack.name} on ${model}`,
        name: `${rival.attack.name} on a ${architecture} trained by ${arm}`,
        allowed: fewMissed(rival.outcomes.length),
      })
    })
  }),
}

/** Chance finds nothing that gradients do not find. */
export const randomNoise: Predicate = {
  number: 7,
  name: 'random-noise',
  title: 'Random points break nothing that gradients leave',
  meaning: 'masking',
  essential: true,
  run: needsGradients((subject, { settings }) => {
    const { random } = aimsOf(subject, settings)
    const rival = evaluationOf(subject, random)
    if (!rival) return [notMeasured('There is no evaluation of random points.')]
    const name = counted(settings.randomPoints, 'random point')
    return [missed(subject, rival, { name: `Trying ${name} of the ball`, allowed: 0 })]
  }),
}
