import { createHash } from 'node:crypto'
import { type Generator, generator } from '../random/generator.ts'
import { permutation } from '../random/shuffle.ts'
import { type ImageDataset, type ImageSplit, unitPixels } from './dataset.ts'
import type { GeneratedRequest } from './entry.ts'
import { glyphShapes, type Point } from './glyph-shapes.ts'
import { drawLine } from './stroke.ts'

const size = 16
const pixels = size * size
const noiseDeviation = 0.07

/** Names of the ten classes of `glyphs`, in the order of their labels. */
export const glyphClasses: readonly string[] = glyphShapes.map(shape => shape.name)

/**
 * The embedded synthetic set: ten stroke-drawn letters and signs, 16 x 16 x 1, in random position, size,
 * slant, thickness and light, with a stray stroke in half of the images and noise in all of them.
 *
 * Image i of a split depends on seed, split and i alone, so a larger set begins with the smaller one.
 * Every ten images in a row hold each class once. Pixels are multiples of 1/255, as in a real file.
 *
 * Test accuracy after 4000 training images (2000 test images, seed 1): nearest class mean 50 %, softmax
 * regression 70 %, perceptron with 128 hidden units 92 % (30 epochs of Adam), two convolutions of 8 and
 * 16 channels with 64 hidden units 90 % after 3 epochs and 98 % after 12, nearest neighbour 94 %.
 */
export function glyphs({ train, test, seed }: GeneratedRequest): ImageDataset {
  const hash = createHash('sha256')
  const split = (name: string, count: number): ImageSplit => {
    const bytes = new Uint8Array(count * pixels)
    const labels = splitLabels(seed, name, count)
    for (const [i, label] of labels.entries()) {
      const image = bytes.subarray(i * pixels, (i + 1) * pixels)
      drawGlyph(label, generator(seed, 'glyphs', name, i), image)
    }
    hash.update(bytes).update(labels)
    return { images: unitPixels(bytes), labels, count }
  }
  const splits = { train: split('train', train), test: split('test', test) }
  return {
    kind: 'images',
    name: 'glyphs',
    shape: [size, size, 1],
    classes: glyphClasses,
    bounds: [0, 1],
    licence: 'MIT',
    sha256: hash.digest('hex'),
    provenance: 'generated',
    ...splits,
  }
}

/** All classes in random order, again and again. */
function splitLabels(seed: number, name: string, count: number): Uint8Array {
  const labels = new Uint8Array(count)
  const round = glyphClasses.length
  for (let first = 0; first < count; first += round) {
    const order = permutation(round, generator(seed, 'glyphs', name, 'order', first / round))
    labels.set(order.subarray(0, count - first), first)
  }
  return labels
}

/** Draws one image of the class into `out`, [size, size], 0 (dark) to 255. */
function drawGlyph(label: number, random: Generator, out: Uint8Array): void {
  const between: Between = (low, high) => low + (high - low) * random.uniform()
  const ink = new Float64Array(pixels)
  const place = placement(between)
  const radius = between(0.45, 0.95)
  for (const stroke of glyphShapes[label]!.strokes) {
    for (let i = 1; i < stroke.length; i++) {
      drawLine(ink, size, place(stroke[i - 1]!), place(stroke[i]!), radius)
    }
  }
  const stray = new Float64Array(pixels)
  if (random.integer(2) === 1) {
    const from: Point = [between(0, size - 1), between(0, size - 1)]
    const to: Point = [from[0] + between(-4, 4), from[1] + between(-4, 4)]
    drawLine(stray, size, from, to, between(0.3, 0.6))
  }
  const paper = between(0, 0.25)
  const contrast = between(0.5, 0.75)
  for (let at = 0; at < pixels; at++) {
    const light = paper + contrast * Math.max(ink[at]!, 0.8 * stray[at]!)
    const noisy = light + noiseDeviation * byteNormal(random.uint32())
    out[at] = Math.round(255 * Math.min(1, Math.max(0, noisy)))
  }
}

type Between = (low: number, high: number) => number

/**
 * A random affine map from the glyph's frame to the canvas: shear, scale, rotation, shift, in pixels.
 * The rotation is given by the tangent of half its angle, so that no machine's cosine decides a pixel.
 */
function placement(between: Between): (point: Point) => Point {
  const half = between(-0.22, 0.22)
  const cosine = (1 - half * half) / (1 + half * half)
  const sine = (2 * half) / (1 + half * half)
  const shear = between(-0.25, 0.25)
  const height = between(3.6, 5.6)
  const width = height * between(0.85, 1.15)
  const centreX = (size - 1) / 2 + between(-2.2, 2.2)
  const centreY = (size - 1) / 2 + between(-2.2, 2.2)
  return ([x, y]) => {
    const u = width * (x + shear * y)
    const v = height * y
    return [centreX + cosine * u - sine * v, centreY + sine * u + cosine * v]
  }
}

/** Nearly a standard normal number: the four bytes of a word, added and scaled, in [-3.45, 3.45]. */
function byteNormal(word: number): number {
  const sum = (word & 255) + ((word >>> 8) & 255) + ((word >>> 16) & 255) + (word >>> 24)
  return (sum - 510) / 147.8
}
