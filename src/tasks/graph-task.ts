import type { GraphDataset } from '../data/dataset.ts'
import { tf } from '../engine/tf.ts'
import { classesOf } from '../evaluation/predict.ts'
import type { Batch } from '../training/estimators/estimator.ts'
import { oneHot, requireNoAugmentation } from './examples.ts'
import type { Task } from './task.ts'

/**
 * Classifying the nodes of one graph. Every batch is the whole graph; the objective is the mean
 * loss of the training nodes. Rows of features are scaled to sum to one.
 */
export function graphTask(dataset: GraphDataset): Task {
  const { nodes, edges, features, labels, train, test } = dataset
  const classes = dataset.classes.length
  const values = rowsSummingToOne(features)
  const whole = (trainNodes: Int32Array): Batch => {
    const weights = new Float32Array(nodes)
    for (const node of trainNodes) weights[node] = 1 / trainNodes.length
    return {
      x: tf.tensor1d(values),
      labels: oneHot(labels, classes),
      weights: tf.tensor1d(weights),
    }
  }
  return {
    input: { kind: 'graph', nodes, edges, features, classes },
    train: train.length,
    testLabels: test.map(node => labels[node]!),
    share: () => 1,
    batches(_size, _seed, augmentation) {
      requireNoAugmentation(dataset, augmentation)
      return endless(() => whole(train))
    },
    first: count => whole(train.subarray(0, count)),
    predict(network, parameters, limit = test.length) {
      const x = tf.tensor1d(values)
      const all = classesOf(input => network.logits(parameters, input), x)
      x.dispose()
      return test.subarray(0, limit).map(node => all[node]!)
    },
  }
}

function* endless<T>(make: () => T): Generator<T, never> {
  for (;;) yield make()
}

/** Values of sparse rows, scaled so that each row sums to one; a row of zeros stays. */
function rowsSummingToOne({ indptr, values }: GraphDataset['features']): Float32Array {
  const scaled = values.slice()
  for (let row = 0; row + 1 < indptr.length; row++) {
    const part = scaled.subarray(indptr[row]!, indptr[row + 1]!)
    const sum = part.reduce((total, value) => total + value, 0)
    if (sum === 0) continue
    for (let at = 0; at < part.length; at++) part[at]! /= sum
  }
  return scaled
}
