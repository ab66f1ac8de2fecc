import type { ImageShape } from '../../../models/input.ts'
import { stream } from '../../random/stream.ts'
import { defocusBlur, gaussianBlur, motionBlur, zoomBlur } from './blur.ts'
import { brightness, contrast, saturate } from './colour.ts'
import { type Corruption, type Severity, severities } from './corruption.ts'
import { elasticTransform } from './elastic.ts'
import { glassBlur } from './glass-blur.ts'
import { jpegCompression } from './jpeg.ts'
import { gaussianNoise, impulseNoise, shotNoise, speckleNoise, uniformNoise } from './noise.ts'
import { pixelate } from './pixelate.ts'
import { rotation, translation } from './rigid.ts'
import { fog, snow } from './weather.ts'

const corruptions = {
  brightness,
  contrast,
  'defocus-blur': defocusBlur,
  'elastic-transform': elasticTransform,
  fog,
  'gaussian-blur': gaussianBlur,
  'gaussian-noise': gaussianNoise,
  'glass-blur': glassBlur,
  'impulse-noise': impulseNoise,
  'jpeg-compression': jpegCompression,
  'motion-blur': motionBlur,
  pixelate,
  rotation,
  saturate,
  'shot-noise': shotNoise,
  snow,
  'speckle-noise': speckleNoise,
  translation,
  'uniform-noise': uniformNoise,
  'zoom-blur': zoomBlur,
} as const satisfies Readonly<Record<string, Corruption>>

export type CorruptionName = keyof typeof corruptions

/** Every corruption there is, in alphabetical order. */
export const corruptionNames = Object.keys(corruptions) as readonly CorruptionName[]

/** The corruptions that an image of this shape can have: a grey one has no colours to saturate. */
export function corruptionsFor([, , channels]: ImageShape): readonly CorruptionName[] {
  return channels === 3 ? corruptionNames : corruptionNames.filter(name => name !== 'saturate')
}

/**
 * Images with natural noise, blur, weather, compression or motion, at one of five severities.
 *
 * Levels are the constants of CIFAR-10-C, made for 32x32 pixels: lengths in pixels grow with larger
 * images and stay in smaller ones. Uniform noise, rotation and translation are not in that set; its
 * frost, which needs photographs, and its spatter are not in this one. Values stay floats, where
 * the published set holds bytes.
 *
 * @param images [count, height, width, channels], row-major, in [0, 1]; not changed
 * @param shape of one image; one channel (grey) or three (red, green, blue)
 * @param examples each image's own number, e.g. its index in the test split: the random numbers
 *   depend on it, the seed and the name, and not on the images around
 * @returns as many images, in [0, 1]
 * @throws RangeError for an unknown name or severity, or where the shape does not fit
 * @see Hendrycks and Dietterich (2019), Benchmarking neural network robustness to common corruptions
 * and perturbations.
 */
export function corrupt(
  name: CorruptionName,
  severity: Severity,
  images: Float32Array,
  shape: ImageShape,
  seed: number,
  examples: readonly number[],
): Float32Array {
  const [height, width, channels] = shape
  const size = height * width * channels
  requireKnown(name, severity)
  requireFitting(name, images, shape, examples)
  const corruption: Corruption = corruptions[name]
  const out = new Float32Array(images.length)
  examples.forEach((example, at) => {
    const values = images.subarray(at * size, (at + 1) * size)
    const image = { values, height, width, channels }
    const random = (purpose: string) => stream(seed, 'corruption', name, example, purpose)
    out.set(corruption(image, severity, random), at * size)
  })
  return out.map(value => Math.min(Math.max(value, 0), 1))
}

function requireKnown(name: string, severity: number): void {
  if (!Object.hasOwn(corruptions, name)) {
    throw new RangeError(`unknown corruption: ${name}; expected ${corruptionNames.join(', ')}`)
  }
  if (!severities.some(known => known === severity)) {
    throw new RangeError(`invalid severity: ${severity}; expected 1 to 5`)
  }
}

function requireFitting(
  name: CorruptionName,
  images: Float32Array,
  shape: ImageShape,
  examples: readonly number[],
): void {
  const [height, width, channels] = shape
  if (channels !== 1 && channels !== 3) {
    throw new RangeError(`invalid image: ${channels} channels; expected 1 or 3`)
  }
  if (images.length !== examples.length * height * width * channels) {
    throw new RangeError(
      `invalid images: ${images.length} values; expected ${examples.length} of ${shape.join('x')}`,
    )
  }
  if (!corruptionsFor(shape).includes(name)) {
    throw new RangeError(`invalid corruption: ${name} needs images of three channels`)
  }
}
