import type { SequenceDataset, SequenceSplit } from '../../../src/data/dataset.ts'

/**
 * Test accuracy of multinomial logistic regression on word counts after `epochs` of plain stochastic
 * gradient descent, one text at a time.
 */
export function bagOfWordsAccuracy(set: SequenceDataset, epochs: number): number {
  const classes = set.classes.length
  const weights = new Float64Array(set.vocabulary.length * classes)
  const scores = (split: SequenceSplit, i: number) => {
    const sums = new Float64Array(classes)
    for (const id of words(set, split, i)) {
      for (let c = 0; c < classes; c++) sums[c]! += weights[id * classes + c]!
    }
    return sums
  }
  for (let epoch = 0; epoch < epochs; epoch++) {
    for (let i = 0; i < set.train.count; i++) {
      const shares = scores(set.train, i).map(Math.exp)
      const total = shares.reduce((sum, share) => sum + share)
      for (const id of words(set, set.train, i)) {
        for (let c = 0; c < classes; c++) {
          const target = set.train.labels[i] === c ? 1 : 0
          weights[id * classes + c]! -= 0.05 * (shares[c]! / total - target)
        }
      }
    }
  }
  let right = 0
  for (let i = 0; i < set.test.count; i++) {
    const found = scores(set.test, i)
    if (found.indexOf(Math.max(...found)) === set.test.labels[i]) right++
  }
  return right / set.test.count
}

/** The ids of a text without its padding. */
function words(set: SequenceDataset, split: SequenceSplit, i: number): Int32Array {
  return split.tokens.subarray(i * set.length, i * set.length + split.lengths[i]!)
}
