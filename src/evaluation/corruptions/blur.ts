import { bySeverity, type Image, pixelScale } from './corruption.ts'
import { filter, gaussianFilter, gaussianWeights, type Tap } from './filter.ts'
import { zoomIn } from './warp.ts'

/** Convolution with a Gaussian; levels are its standard deviation in pixels. */
export const gaussianBlur = bySeverity([0.4, 0.6, 0.7, 0.8, 1], (image, sigma) =>
  gaussianFilter(image, sigma * pixelScale(image)),
)

/** Convolution with a disk, its edge softened by a Gaussian; radius and softness in pixels. */
export const defocusBlur = bySeverity(
  [
    { radius: 0.3, soft: 0.4 },
    { radius: 0.4, soft: 0.5 },
    { radius: 0.5, soft: 0.6 },
    { radius: 1, soft: 0.2 },
    { radius: 1.5, soft: 0.1 },
  ],
  (image, { radius, soft }) => {
    const scale = pixelScale(image)
    return filter(image, softDisk(radius * scale, soft * scale), 'mirror')
  },
)

/** Equal weights within the radius, blurred over 3x3 pixels, 5x5 for radii above 8. */
function softDisk(radius: number, soft: number): Tap[] {
  const reach = Math.floor(radius)
  const spread = radius <= 8 ? 1 : 2
  const weights = gaussianWeights(soft, spread)
  const size = reach + spread
  const side = 2 * size + 1
  const kernel = new Float64Array(side * side)
  for (let y = -reach; y <= reach; y++) {
    for (let x = -reach; x <= reach; x++) {
      if (y * y + x * x > radius * radius) continue
      weights.forEach((vertical, i) => {
        weights.forEach((horizontal, j) => {
          const at = (y + i - spread + size) * side + (x + j - spread + size)
          kernel[at]! += vertical * horizontal
        })
      })
    }
  }
  const total = kernel.reduce((sum, weight) => sum + weight, 0)
  return Array.from(kernel, (weight, at) => ({
    dy: Math.floor(at / side) - size,
    dx: (at % side) - size,
    weight: weight / total,
  }))
}

/**
 * Smears each pixel along a ray whose weights fall as half a Gaussian, at a random angle within
 * ±45°; radius and standard deviation in pixels.
 */
export const motionBlur = bySeverity(
  [
    { radius: 6, sigma: 1 },
    { radius: 6, sigma: 1.5 },
    { radius: 6, sigma: 2 },
    { radius: 8, sigma: 2 },
    { radius: 9, sigma: 2.5 },
  ],
  (image, { radius, sigma }, random) => {
    const angle = 90 * random('angle').uniforms(new Float32Array(1))[0]! - 45
    const scale = pixelScale(image)
    return smear(image, radius * scale, sigma * scale, angle)
  },
)

/**
 * Motion blur as ImageMagick does it: 2 ⌈radius⌉ + 1 pixels in one direction, beginning at the pixel.
 *
 * @param angle in degrees, clockwise from the right
 */
export function smear(image: Image, radius: number, sigma: number, angle: number): Float32Array {
  const length = 2 * Math.ceil(radius) + 1
  const weights = Array.from({ length }, (_, at) => Math.exp(-(at * at) / (2 * sigma * sigma)))
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  const [down, right] = [Math.sin((angle * Math.PI) / 180), Math.cos((angle * Math.PI) / 180)]
  const taps = weights.map((weight, at) => ({
    dy: Math.ceil(at * down - 0.5),
    dx: Math.ceil(at * right - 0.5),
    weight: weight / total,
  }))
  return filter(image, taps, 'nearest')
}

/** The image averaged with itself and its enlargements, by 1 % more each; levels count these. */
export const zoomBlur = bySeverity([7, 12, 16, 21, 26], (image, enlargements) => {
  const sum = Float32Array.from(image.values)
  for (let percent = 0; percent < enlargements; percent++) {
    const enlarged = zoomIn(image, 1 + percent / 100)
    for (let at = 0; at < sum.length; at++) sum[at]! += enlarged[at]!
  }
  return sum.map(value => value / (enlargements + 1))
})
