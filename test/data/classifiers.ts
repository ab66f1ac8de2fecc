import type { ImageDataset, ImageSplit } from '../../src/data/dataset.ts'

interface Sizes {
  readonly pixels: number
  readonly classes: number
}

/** Test accuracy of the rule "the class whose mean training image is nearest". */
export function nearestMean({ train, test }: ImageDataset, { pixels, classes }: Sizes): number {
  const means = new Float64Array(classes * pixels)
  const counts = new Float64Array(classes)
  for (let i = 0; i < train.count; i++) {
    const label = train.labels[i]!
    counts[label]!++
    for (let p = 0; p < pixels; p++) means[label * pixels + p]! += train.images[i * pixels + p]!
  }
  const centres = means.map((sum, at) => sum / counts[Math.floor(at / pixels)]!)
  const labels = Uint8Array.from({ length: classes }, (_, label) => label)
  return accuracy(test, image => labels[nearest(centres, image, pixels)]!, pixels)
}

/** Test accuracy of the label of the nearest training image. */
export function nearestNeighbour({ train, test }: ImageDataset, { pixels }: Sizes): number {
  return accuracy(test, image => train.labels[nearest(train.images, image, pixels)]!, pixels)
}

/**
 * Test accuracy of multinomial logistic regression after 60 epochs of plain gradient descent with
 * momentum on centred pixels, batches of 20.
 */
export function softmaxRegression({ train, test }: ImageDataset, sizes: Sizes): number {
  const { pixels, classes } = sizes
  const weights = new Float64Array(classes * (pixels + 1))
  const velocity = new Float64Array(weights.length)
  const gradient = new Float64Array(weights.length)
  for (let epoch = 0; epoch < 60; epoch++) {
    for (let i = 0; i < train.count; i++) {
      const image = train.images.subarray(i * pixels, (i + 1) * pixels)
      const scores = logits(weights, image, sizes)
      const highest = Math.max(...scores)
      const shares = scores.map(score => Math.exp(score - highest))
      const total = shares.reduce((sum, share) => sum + share)
      for (let c = 0; c < classes; c++) {
        const error = shares[c]! / total - (train.labels[i] === c ? 1 : 0)
        const row = c * (pixels + 1)
        for (let p = 0; p < pixels; p++) gradient[row + p]! += error * (image[p]! - 0.25)
        gradient[row + pixels]! += error
      }
      if (i % 20 !== 19) continue
      for (let w = 0; w < weights.length; w++) {
        velocity[w] = 0.9 * velocity[w]! - 0.002 * gradient[w]!
        weights[w]! += velocity[w]!
        gradient[w] = 0
      }
    }
  }
  return accuracy(
    test,
    image => {
      const scores = logits(weights, image, sizes)
      return scores.indexOf(Math.max(...scores))
    },
    pixels,
  )
}

function logits(weights: Float64Array, image: Float32Array, { pixels, classes }: Sizes): number[] {
  return Array.from({ length: classes }, (_, c) => {
    const row = c * (pixels + 1)
    let score = weights[row + pixels]!
    for (let p = 0; p < pixels; p++) score += weights[row + p]! * (image[p]! - 0.25)
    return score
  })
}

function accuracy(split: ImageSplit, classify: (image: Float32Array) => number, pixels: number) {
  let right = 0
  for (let i = 0; i < split.count; i++) {
    const image = split.images.subarray(i * pixels, (i + 1) * pixels)
    if (classify(image) === split.labels[i]) right++
  }
  return right / split.count
}

/** Index of the row of `rows` at the smallest Euclidean distance. */
function nearest(rows: Float32Array | Float64Array, image: Float32Array, pixels: number): number {
  let best = 0
  let smallest = Number.POSITIVE_INFINITY
  for (let row = 0; row * pixels < rows.length; row++) {
    let distance = 0
    for (let p = 0; p < pixels; p++) distance += (rows[row * pixels + p]! - image[p]!) ** 2
    if (distance < smallest) {
      best = row
      smallest = distance
    }
  }
  return best
}
