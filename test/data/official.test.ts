import test from 'ava'
import type { ImageSplit } from '../../src/data/dataset.ts'
import { dataFolders } from '../../src/data/folder.ts'
import { loadImages } from '../../src/data/load.ts'
import { entryNamed } from '../../src/data/registry.ts'
import { verifyFiles } from '../../src/data/verify.ts'

interface Facts {
  readonly trainClasses: readonly number[]
  readonly testClasses: readonly number[]
  /** Of the training pixels in [0, 1], to four digits, as commonly used for normalisation. */
  readonly mean: number
  readonly deviation: number
  readonly firstTestLabels: readonly number[]
}

/** What the publishers and the usual loaders say about the sets. */
const published: Readonly<Record<string, Facts>> = {
  mnist: {
    trainClasses: [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949],
    testClasses: [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009],
    mean: 0.1307,
    deviation: 0.3081,
    firstTestLabels: [7, 2, 1, 0, 4],
  },
  'fashion-mnist': {
    trainClasses: Array(10).fill(6000),
    testClasses: Array(10).fill(1000),
    mean: 0.286,
    deviation: 0.353,
    firstTestLabels: [9, 2],
  },
}

for (const [name, facts] of Object.entries(published)) {
  test(`the official ${name} reads as published, where its files are at hand`, async t => {
    const states = await verifyFiles(entryNamed(name), dataFolders())
    if (states.some(({ state }) => state === 'missing')) {
      t.log(`${name} is not here: nothing checked (GAUNTLET_DATA names a folder that has it)`)
      t.pass()
      return
    }
    const set = await loadImages({ name })
    t.is(set.train.count, 60000)
    t.is(set.test.count, 10000)
    t.is(set.train.images.length, 60000 * 28 * 28)
    t.deepEqual(classCounts(set.train), facts.trainClasses)
    t.deepEqual(classCounts(set.test), facts.testClasses)
    t.deepEqual([...set.test.labels.slice(0, facts.firstTestLabels.length)], facts.firstTestLabels)
    const { mean, deviation } = moments(set.train.images)
    t.true(Math.abs(mean - facts.mean) < 0.00005)
    t.true(Math.abs(deviation - facts.deviation) < 0.00005)
  })
}

function classCounts(split: ImageSplit): number[] {
  const counts = Array<number>(10).fill(0)
  for (const label of split.labels) counts[label]!++
  return counts
}

function moments(pixels: Float32Array): { mean: number; deviation: number } {
  let sum = 0
  let squares = 0
  for (const pixel of pixels) {
    sum += pixel
    squares += pixel * pixel
  }
  const mean = sum / pixels.length
  return { mean, deviation: Math.sqrt(squares / pixels.length - mean * mean) }
}
