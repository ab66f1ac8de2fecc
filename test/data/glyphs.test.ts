import { createHash } from 'node:crypto'
import test from 'ava'
import type { ImageSplit } from '../../src/data/dataset.ts'
import { glyphClasses, glyphs } from '../../src/data/glyphs.ts'
import { nearestMean, nearestNeighbour, softmaxRegression } from './classifiers.ts'

const set = glyphs({ train: 2000, test: 1000, seed: 1 })

function bytesOf(split: ImageSplit): Uint8Array {
  return Uint8Array.from(split.images, pixel => Math.round(pixel * 255))
}

test('a generated set is the same on every machine', t => {
  // What this code generated on Node 20.20, 22.23 and 24.21 (x86-64) when the drawing was settled.
  t.is(set.sha256, 'f14dc2a511f1b46f7f288791f3a0eac3529bc14aba993c4dc400f4602d15c42d')
})

test('the checksum covers the arrays of both splits', t => {
  const hash = createHash('sha256')
  for (const split of [set.train, set.test]) hash.update(bytesOf(split)).update(split.labels)
  t.is(set.sha256, hash.digest('hex'))
})

test('shapes, counts and bounds are as declared', t => {
  t.deepEqual(set.shape, [16, 16, 1])
  t.is(set.classes.length, 10)
  t.is(set.train.count, 2000)
  t.is(set.train.images.length, 2000 * 256)
  t.is(set.test.labels.length, 1000)
  t.true(set.train.images.every(pixel => pixel >= 0 && pixel <= 1))
})

test('every pixel is a multiple of 1/255', t => {
  t.true(set.train.images.every(pixel => pixel === Math.fround(Math.round(pixel * 255) / 255)))
})

test('the first images do not depend on how many follow', t => {
  const few = glyphs({ train: 33, test: 7, seed: 1 })
  t.deepEqual(few.train.images, set.train.images.slice(0, 33 * 256))
  t.deepEqual(few.train.labels, set.train.labels.slice(0, 33))
  t.deepEqual(few.test.images, set.test.images.slice(0, 7 * 256))
  t.not(few.sha256, set.sha256)
})

test('every ten images in a row hold each class once, in changing order', t => {
  const rounds = Array.from({ length: 20 }, (_, round) => [
    ...set.train.labels.slice(round * 10, round * 10 + 10),
  ])
  for (const round of rounds) t.deepEqual(round.toSorted(), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
  t.true(new Set(rounds.map(String)).size > 10)
})

test('seeds and splits share no image', t => {
  const other = glyphs({ train: 200, test: 200, seed: 2 })
  const keys = [set.train, set.test, other.train, other.test].flatMap(split =>
    Array.from({ length: 200 }, (_, i) => split.images.slice(i * 256, (i + 1) * 256).join()),
  )
  t.is(new Set(keys).size, 800)
})

test('no linear rule solves the set, though its images tell the classes apart', t => {
  const sizes = { pixels: 256, classes: glyphClasses.length }
  const means = nearestMean(set, sizes)
  const linear = softmaxRegression(set, sizes)
  const neighbours = nearestNeighbour(set, sizes)
  t.log({ means, linear, neighbours })
  t.true(means > 0.3 && means < 0.6)
  t.true(linear > 0.5 && linear < 0.75)
  t.true(neighbours > 0.85)
})
