import { smear } from './blur.ts'
import { bySeverity, type Image, pixelScale } from './corruption.ts'
import { plasma } from './plasma.ts'
import { zoomIn } from './warp.ts'

/**
 * Adds a plasma fractal and scales back to the largest value of the image; levels are the amount of
 * fog and how fast the fractal's details fade.
 */
export const fog = bySeverity(
  [
    { amount: 0.2, fading: 3 },
    { amount: 0.5, fading: 3 },
    { amount: 0.75, fading: 2.5 },
    { amount: 1, fading: 2 },
    { amount: 1.5, fading: 1.75 },
  ],
  (image, { amount, fading }, random) => {
    const { values, height, width, channels } = image
    const side = 2 ** Math.ceil(Math.log2(Math.max(height, width, 2)))
    const clouds = plasma(side, fading, random('clouds'))
    const peak = values.reduce((most, value) => Math.max(most, value), 0)
    return values.map((value, at) => {
      const pixel = Math.floor(at / channels)
      const cloud = clouds[Math.floor(pixel / width) * side + (pixel % width)]!
      return ((value + amount * cloud) * peak) / (peak + amount)
    })
  },
)

/**
 * Flakes, i.e. enlarged and thresholded noise, that fall at a random angle, over a whitened image;
 * they are added once as they are and once turned by 180°.
 */
export const snow = bySeverity(
  [
    { mean: 0.1, sd: 0.2, zoom: 1, threshold: 0.6, radius: 8, sigma: 3, keep: 0.95 },
    { mean: 0.1, sd: 0.2, zoom: 1, threshold: 0.5, radius: 10, sigma: 4, keep: 0.9 },
    { mean: 0.15, sd: 0.3, zoom: 1.75, threshold: 0.55, radius: 10, sigma: 4, keep: 0.9 },
    { mean: 0.25, sd: 0.3, zoom: 2.25, threshold: 0.6, radius: 12, sigma: 6, keep: 0.85 },
    { mean: 0.3, sd: 0.3, zoom: 1.25, threshold: 0.65, radius: 14, sigma: 12, keep: 0.8 },
  ],
  (image, { mean, sd, zoom, threshold, radius, sigma, keep }, random) => {
    const { values, height, width, channels } = image
    const normals = random('flakes').normals(new Float32Array(height * width))
    const layer = { values: normals.map(z => mean + sd * z), height, width, channels: 1 }
    const flakes = zoomIn(layer, zoom).map(v => (v < threshold ? 0 : Math.min(v, 1)))
    const angle = -135 + 90 * random('angle').uniforms(new Float32Array(1))[0]!
    const scale = pixelScale(image)
    const fallen = smear({ ...layer, values: flakes }, radius * scale, sigma * scale, angle)
    const grey = luminance(image)
    return values.map((value, at) => {
      const pixel = Math.floor(at / channels)
      const white = Math.max(value, grey[pixel]! * 1.5 + 0.5)
      const snowed = fallen[pixel]! + fallen[fallen.length - 1 - pixel]!
      return keep * value + (1 - keep) * white + snowed
    })
  },
)

/** Brightness of every pixel, [height, width], with the weights of ITU-R BT.601. */
function luminance({ values, height, width, channels }: Image): Float32Array {
  if (channels === 1) return values
  return Float32Array.from({ length: height * width }, (_, pixel) => {
    const [red, green, blue] = values.subarray(pixel * channels, pixel * channels + 3)
    return 0.299 * red! + 0.587 * green! + 0.114 * blue!
  })
}
