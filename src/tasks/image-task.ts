import { imageInput } from '../../models/input.ts'
import { type Augmentation, augment } from '../data/augment.ts'
import type { ImageDataset, ImageSplit } from '../data/dataset.ts'
import { tf } from '../engine/tf.ts'
import { networkVictim } from '../evaluation/network-victim.ts'
import { predict } from '../evaluation/predict.ts'
import { stream } from '../random/stream.ts'
import { type Examples, endlessBatches, firstOf, pick } from './examples.ts'
import type { Task } from './task.ts'

/** Classifying images. */
export function imageTask(dataset: ImageDataset): Task {
  const { shape, train, test } = dataset
  const size = shape[0] * shape[1] * shape[2]
  const examples = imageExamples(dataset, train)
  return {
    input: imageInput(shape, dataset.classes.length),
    train: train.count,
    testLabels: test.labels,
    share: batch => batch / train.count,
    batches: (batch, seed, augmentation) =>
      endlessBatches(
        augmentation ? imageExamples(dataset, train, { augmentation, seed }) : examples,
        batch,
        seed,
      ),
    first: count => pick(examples, firstOf(count)),
    predict: (network, parameters, limit = test.count) =>
      predict(networkVictim(network, parameters), test.images.subarray(0, limit * size)),
  }
}

/**
 * The images of a split one by one.
 *
 * @param augmented changes them at random, in every batch anew
 */
function imageExamples(
  { shape, classes }: ImageDataset,
  split: ImageSplit,
  augmented?: { readonly augmentation: Augmentation; readonly seed: number },
): Examples {
  const size = shape[0] * shape[1] * shape[2]
  return {
    count: split.count,
    labels: split.labels,
    classes: classes.length,
    inputs(examples, batch) {
      const images = new Float32Array(examples.length * size)
      for (let at = 0; at < examples.length; at++) {
        const from = examples[at]! * size
        images.set(split.images.subarray(from, from + size), at * size)
      }
      const seen =
        augmented && batch !== undefined
          ? augment(images, shape, augmented.augmentation, stream(augmented.seed, 'augment', batch))
          : images
      return tf.tensor4d(seen, [examples.length, ...shape])
    },
  }
}
