import { margin } from '../../../../attacks/losses.ts'
import type { Victim } from '../../../../attacks/victim.ts'
import type { ImageSplit } from '../../../data/dataset.ts'
import { tf } from '../../../engine/tf.ts'
import { measured, needsGradients, notApplicable, percent } from '../answers.ts'
import type { Answer, Predicate } from '../check.ts'
import { furthestRows, identicalPasses, sameScores, unitRows } from '../measure.ts'

/** How far a row of probabilities may be from 0, 1 and the sum of 1. */
const nearlyOne = 1e-5

/** Losses are made for logits. */
export const outputsAreLogits: Predicate = {
  number: 14,
  name: 'outputs-are-logits',
  title: 'Scores are logits, not probabilities',
  meaning: 'validity',
  essential: true,
  run({ victim: { classes } }, measure) {
    const { images, count } = measure.first(measure.settings.examples)
    const scores = measure.logits(images)
    let rows = 0
    for (let from = 0; from < scores.length; from += classes) {
      const row = scores.subarray(from, from + classes)
      const sum = row.reduce((total, score) => total + score, 0)
      const within = row.every(score => score > -nearlyOne && score < 1 + nearlyOne)
      if (within && Math.abs(sum - 1) < nearlyOne) rows++
    }
    const value = rows / count
    return [
      measured({
        passed: value < 1,
        value,
        threshold: 1,
        detail: `${percent(value)} of the images get scores within [0, 1] that sum to 1.`,
      }),
    ]
  },
}

/** The same image gets the same scores. */
export const determinism: Predicate = {
  number: 15,
  name: 'determinism',
  title: 'Passes over the same image agree',
  meaning: 'validity',
  essential: true,
  run: (_, { spread, randomised }) => [
    measured({
      passed: !randomised,
      value: spread,
      threshold: sameScores,
      detail: `Scores of length one of ${identicalPasses} passes are up to ${spread.toExponential(1)} apart${randomised ? ': attacks must average over the noise' : ''}.`,
    }),
  ],
}

/** The model that is attacked is the model that is judged. */
export const evaluationMode: Predicate = {
  number: 23,
  name: 'evaluation-mode',
  title: 'The model is in the same state when attacked and when judged',
  meaning: 'validity',
  essential: true,
  run: needsGradients(({ victim }, measure) => {
    if (measure.randomised) return [notApplicable('Every pass draws its own noise.')]
    const split = measure.first(measure.settings.singles)
    const whole = measure.logits(split.images)
    return [
      compare('gradient', whole, scoresWithGradient(victim, split), victim.classes),
      compare('batch', whole, scoresOneByOne(victim, split), victim.classes),
    ]
  }),
}

const passes = {
  gradient: 'the pass that gives gradients and in the one that judges',
  batch: 'a batch of one and in a large one',
}

function compare(part: keyof typeof passes, a: Float32Array, b: Float32Array, classes: number) {
  const value = furthestRows(unitRows(a, classes), unitRows(b, classes), classes)
  return measured({
    part,
    passed: value <= sameScores,
    value,
    threshold: sameScores,
    detail: `Scores of length one in ${passes[part]} are up to ${value.toExponential(1)} apart.`,
  }) satisfies Answer
}

/** The scores that come with a gradient, `[count · classes]`. */
function scoresWithGradient(victim: Victim, { images, labels, count }: ImageSplit): Float32Array {
  return tf.tidy(() => {
    const x = tf.tensor(images, [count, ...victim.inputShape])
    const truth = tf.tensor1d(Int32Array.from(labels), 'int32')
    const { logits } = victim.lossGradient!(x, margin(truth))
    return logits.dataSync() as Float32Array
  })
}

/** The scores of each image in a batch of its own, `[count · classes]`. */
function scoresOneByOne(victim: Victim, { images, count }: ImageSplit): Float32Array {
  return tf.tidy(() => {
    const x = tf.tensor(images, [count, ...victim.inputShape])
    const rows = tf.split(x, count, 0).map(row => victim.logits(row))
    return tf.concat(rows, 0).dataSync() as Float32Array
  })
}
