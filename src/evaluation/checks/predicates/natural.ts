import { type CorruptionName, corrupt, corruptionsFor } from '../../corruptions/corrupt.ts'
import { type Severity, severities } from '../../corruptions/corruption.ts'
import { predict } from '../../predict.ts'
import { measured, notApplicable, percent } from '../answers.ts'
import type { Answer, Predicate, Subject } from '../check.ts'
import { averaged, type Measure } from '../measure.ts'

/** Share of the clean accuracy that a natural change must leave. */
const mustKeep = 0.5

/** Severity at which all kinds of change are compared. */
const medium: Severity = 3

/** What happens without an adversary. */
export const naturalChanges: Predicate = {
  number: 32,
  name: 'natural-changes',
  title: 'Natural changes of the images leave half of the accuracy',
  meaning: 'report',
  essential: false,
  run(subject, measure) {
    const shape = imageShape(subject)
    if (!shape) return [notApplicable('Inputs are not grey or coloured images.')]
    const look = lookAt(subject, measure, shape)
    return [kinds(look, shape), noise(look, subject)]
  },
}

type Shape = readonly [height: number, width: number, channels: number]

function imageShape({ victim: { inputShape } }: Subject): Shape | undefined {
  const [height, width, channels] = inputShape
  const fits = inputShape.length === 3 && (channels === 1 || channels === 3)
  return fits ? [height!, width!, channels] : undefined
}

/** Accuracy without a change and under one. */
interface Look {
  readonly clean: number
  under(name: CorruptionName, severity: Severity): number
}

function lookAt(subject: Subject, measure: Measure, shape: Shape): Look {
  const { images, labels, count } = measure.first(measure.settings.examples)
  const victim = averaged(subject.victim, measure)
  const examples = [...Array(count).keys()]
  const accuracy = (of: Float32Array) =>
    predict(victim, of).filter((answer, at) => answer === labels[at]).length / count
  return {
    clean: accuracy(images),
    under: (name, severity) =>
      accuracy(corrupt(name, severity, images, shape, subject.seed, examples)),
  }
}

function kinds({ clean, under }: Look, shape: Shape): Answer {
  const found = corruptionsFor(shape).map(name => ({ name, accuracy: under(name, medium) }))
  const worst = found.reduce((a, b) => (b.accuracy < a.accuracy ? b : a))
  const total = found.reduce((sum, { accuracy }) => sum + accuracy, 0)
  const threshold = mustKeep * clean
  return measured({
    part: 'kinds',
    passed: worst.accuracy >= threshold,
    value: worst.accuracy,
    threshold,
    detail: `Of ${percent(clean)} clean accuracy ${worst.name} leaves ${percent(worst.accuracy)} at severity ${medium}; all ${found.length} kinds together ${percent(total / found.length)}.`,
  })
}

/** Gaussian noise of rising strength; whoever trained with noise has an advantage here. */
function noise({ clean, under }: Look, { training }: Subject): Answer {
  const accuracies = severities.map(severity => under('gaussian-noise', severity))
  const value = Math.min(...accuracies)
  const threshold = mustKeep * clean
  const remark = training?.noiseAtTraining ? '; the model was trained with noise' : ''
  return measured({
    part: 'rising noise',
    passed: value >= threshold,
    value,
    threshold,
    detail: `Gaussian noise of rising strength leaves ${accuracies.map(percent).join(', ')} of ${percent(clean)}${remark}.`,
  })
}
