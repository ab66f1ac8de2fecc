import type { GraphDataset } from '../data/dataset.ts'
import { rowsSummingToOne } from '../data/graph/sparse-rows.ts'
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
