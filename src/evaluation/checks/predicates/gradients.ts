import { attackSchema, createAttack } from '../../../../attacks/create-attack.ts'
import { type LossName, lossNames } from '../../../../attacks/losses.ts'
import { sizeOf, verdicts } from '../../../../attacks/scores.ts'
import type { Victim } from '../../../../attacks/victim.ts'
import type { ImageSplit } from '../../../data/dataset.ts'
import { counted, measured, needsGradients, notApplicable, notMeasured } from '../answers.ts'
import type { Answer, Predicate, Subject } from '../check.ts'
import { fewMissed, robustAccuracy, whiteBox, worstCase } from '../compare.ts'
import { gradientsAt, randomStarts, useless } from '../input-gradients.ts'
import { averaged, chosen, type Measure } from '../measure.ts'

/** An attack cannot climb where there is no slope. */
export const zeroGradients: Predicate = {
  number: 11,
  name: 'zero-gradients',
  title: 'Gradients are neither zero nor infinite where attacks start',
  meaning: 'masking',
  essential: true,
  run: needsGradients((subject, measure) => {
    const split = measure.first(measure.settings.examples)
    const starts = { image: split.images, 'random start': randomStarts(subject, split) }
    return lossNames.map(loss => slopes(subject.victim, split, starts, loss))
  }),
}

/** Counts starting points of correctly classified examples: where one is broken nothing is lost. */
function slopes(
  victim: Victim,
  split: ImageSplit,
  starts: Readonly<Record<string, Float32Array>>,
  loss: LossName,
): Answer {
  const counts = Object.entries(starts).map(([name, points]) => {
    const { gradients, wrong } = gradientsAt(victim, split, points, loss)
    const right = useless(gradients, split.count).filter((_, at) => !wrong[at])
    return { name, of: right.length, without: right.filter(Boolean).length }
  })
  const value = Math.max(...counts.map(({ without, of }) => without / Math.max(of, 1)))
  const said = counts.map(({ name, of, without }) => `${without} of ${of} at the ${name}`)
  return measured({
    part: loss,
    passed: value === 0,
    value,
    threshold: 0,
    detail: `The gradient of the loss ${loss} is zero or not finite for ${said.join(', ')}.`,
  })
}

/** Gradients say where the scores rise. */
export const gradientAlignment: Predicate = {
  number: 27,
  name: 'gradient-alignment',
  title: 'Gradients agree with what the scores do',
  meaning: 'masking',
  essential: true,
  run: needsGradients(async (subject, measure) => [
    finiteDifferences(subject, measure),
    await estimatedGradients(subject, measure),
  ]),
}

/** Least cosine that counts as agreement. */
const aligned = 0.9

/** Half of the finite difference, in units of the input. */
const step = 3e-3

function finiteDifferences(subject: Subject, measure: Measure): Answer {
  const part = 'finite differences'
  if (measure.randomised) return notApplicable('Noise drowns small differences.', part)
  if (subject.surrogates) return notApplicable('Spikes have no derivative; see surrogates.', part)
  const split = measure.first(measure.settings.differences)
  const { gradients } = gradientsAt(subject.victim, split, split.images, 'margin')
  const size = sizeOf(subject.victim.inputShape)
  let sum = 0
  for (let example = 0; example < split.count; example++) {
    const differences = marginSlopes(subject.victim, chosen(split, [example]))
    sum += cosine(gradients.subarray(example * size, (example + 1) * size), differences)
  }
  const value = sum / split.count
  return measured({
    part,
    passed: value > aligned,
    value,
    threshold: aligned,
    detail: `Cosine of autodiff and finite differences of the margin: ${value.toFixed(3)} on average over ${counted(split.count, 'example')}.`,
  })
}

/** Central differences of the margin along every value of one image, `[size]`. */
function marginSlopes(victim: Victim, { images, labels }: ImageSplit): Float32Array {
  const size = images.length
  const moved = new Float32Array(2 * size * size)
  for (let at = 0; at < size; at++) {
    for (const [place, sign] of [1, -1].entries()) {
      const row = moved.subarray((2 * at + place) * size, (2 * at + place + 1) * size)
      row.set(images)
      row[at]! += sign * step
    }
  }
  const repeated = Array<number>(2 * size).fill(labels[0]!)
  const { margins } = verdicts(victim, moved, victim.inputShape, repeated)
  return Float32Array.from(images, (_, at) => margins[2 * at + 1]! - margins[2 * at]!)
}

/** Cosine of two vectors; 0 where one of them is zero or not finite. */
export function cosine(a: Float32Array, b: Float32Array): number {
  const dot = a.reduce((sum, value, at) => sum + value * b[at]!, 0)
  const value = dot / (Math.hypot(...a) * Math.hypot(...b))
  return Number.isFinite(value) ? value : 0
}

/** The attack by likelihood-ratio gradients, on what gradients have left. */
async function estimatedGradients(subject: Subject, measure: Measure): Promise<Answer> {
  const part = 'estimated gradients'
  if (subject.norm === 'l1') return notApplicable('No such attack in L1.', part)
  const white = whiteBox(subject)
  if (white.length === 0) return notMeasured('There is no attack by gradients.', part)
  const { singles, samples, estimatedSteps: steps } = measure.settings
  const left = [...worstCase(white)].slice(0, singles)
  const n = white[0]!.outcomes.length
  const options = { name: 'score-gradient', norm: subject.norm, samples, steps }
  const attack = createAttack(attackSchema.parse(options), subject.epsilon)
  const broken = left.length === 0 ? 0 : await brokenBy(attack, subject, measure, left)
  const value = broken / n
  const threshold = fewMissed(n)
  return measured({
    part,
    passed: value <= threshold,
    value,
    threshold,
    detail: `Gradients estimated from ${samples} scores break ${broken} of ${counted(left.length, 'example')} that autodiff left.`,
    evaluations: white,
  })
}

async function brokenBy(
  attack: ReturnType<typeof createAttack>,
  subject: Subject,
  measure: Measure,
  examples: readonly number[],
): Promise<number> {
  const split = chosen(subject.split, examples)
  const outcomes = await measure.attacked(attack, {
    crafting: averaged(subject.victim, measure),
    judged: subject.victim,
    split,
  })
  return Math.round((1 - robustAccuracy(outcomes)) * split.count)
}
