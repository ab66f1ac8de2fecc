import type { SequenceDataset } from '../data/dataset.ts'
import { tf } from '../engine/tf.ts'
import { classesOf } from '../evaluation/predict.ts'
import { type Examples, endlessBatches, firstOf, pick, requireNoAugmentation } from './examples.ts'
import type { Task } from './task.ts'

const predictionBatch = 500

/** Classifying texts, or other sequences of tokens. */
export function sequenceTask(dataset: SequenceDataset): Task {
  const { length, train, test } = dataset
  const classes = dataset.classes.length
  const tokens = (split: typeof train, examples: ArrayLike<number>) => {
    const values = new Int32Array(examples.length * length)
    for (let at = 0; at < examples.length; at++) {
      const from = examples[at]! * length
      values.set(split.tokens.subarray(from, from + length), at * length)
    }
    return tf.tensor2d(values, [examples.length, length], 'int32')
  }
  const examples: Examples = {
    count: train.count,
    labels: train.labels,
    classes,
    inputs: chosen => tokens(train, chosen),
  }
  return {
    input: { kind: 'sequences', length, vocabulary: dataset.vocabulary.length, classes },
    train: train.count,
    testLabels: test.labels,
    share: batch => batch / train.count,
    batches(batch, seed, augmentation) {
      requireNoAugmentation(dataset, augmentation)
      return endlessBatches(examples, batch, seed)
    },
    first: count => pick(examples, firstOf(count)),
    predict(network, parameters, limit = test.count) {
      const predictions = new Int32Array(limit)
      for (let first = 0; first < limit; first += predictionBatch) {
        const count = Math.min(predictionBatch, limit - first)
        const x = tokens(
          test,
          firstOf(count).map(at => first + at),
        )
        predictions.set(
          classesOf(input => network.logits(parameters, input), x),
          first,
        )
        x.dispose()
      }
      return predictions
    },
  }
}
