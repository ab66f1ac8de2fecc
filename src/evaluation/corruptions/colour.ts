import { bySeverity, type Image } from './corruption.ts'

/** Every channel's distance from its mean, times a factor. */
export const contrast = bySeverity([0.75, 0.5, 0.4, 0.3, 0.15], (image, factor) => {
  const { values, channels } = image
  const means = new Float64Array(channels)
  values.forEach((value, at) => {
    means[at % channels]! += (value * channels) / values.length
  })
  return values.map((value, at) => {
    const mean = means[at % channels]!
    return (value - mean) * factor + mean
  })
})

/**
 * Adds to the V of HSV and leaves hue and saturation: a pixel is multiplied so that its largest
 * channel grows by the level, up to 1; black becomes grey.
 */
export const brightness = bySeverity([0.05, 0.1, 0.15, 0.2, 0.3], (image, added) =>
  byPixel(image, (pixel, out) => {
    const value = largest(pixel)
    const brighter = Math.min(value + added, 1)
    for (let c = 0; c < pixel.length; c++) {
      out[c] = value === 0 ? brighter : (pixel[c]! * brighter) / value
    }
  }),
)

/**
 * Scales and shifts the S of HSV and leaves hue and value; a grey pixel has hue 0, that of red.
 * Only for images of three channels.
 */
export const saturate = bySeverity(
  [
    { factor: 0.3, added: 0 },
    { factor: 0.1, added: 0 },
    { factor: 1.5, added: 0 },
    { factor: 2, added: 0.1 },
    { factor: 2.5, added: 0.2 },
  ],
  (image, { factor, added }) =>
    byPixel(image, (pixel, out) => {
      const value = largest(pixel)
      const range = value - Math.min(...pixel)
      const before = value === 0 ? 0 : range / value
      const after = Math.min(Math.max(before * factor + added, 0), 1)
      for (let c = 0; c < pixel.length; c++) {
        // How far from the largest to the smallest channel this one lies: the hue.
        const place = range === 0 ? Number(c > 0) : (value - pixel[c]!) / range
        out[c] = value * (1 - after * place)
      }
    }),
)

const largest = (pixel: Float32Array) => pixel.reduce((most, value) => Math.max(most, value), 0)

function byPixel(
  { values, channels }: Image,
  change: (pixel: Float32Array, out: Float32Array) => void,
): Float32Array {
  const out = new Float32Array(values.length)
  for (let at = 0; at < values.length; at += channels) {
    change(values.subarray(at, at + channels), out.subarray(at, at + channels))
  }
  return out
}
