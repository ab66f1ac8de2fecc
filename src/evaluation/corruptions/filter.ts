import type { Image } from './corruption.ts'

/**
 * Which pixel stands for one beyond the edge: the edge itself (`nearest`: a a | a b c), the image
 * mirrored with its edge repeated (`reflect`: b a | a b c) or not (`mirror`: c b | a b c).
 */
export type Border = 'nearest' | 'reflect' | 'mirror'

/** The index, in 0 to length − 1, that stands for any index. */
export function borderIndex(border: Border, at: number, length: number): number {
  if (at >= 0 && at < length) return at
  if (border === 'nearest' || length === 1) return at < 0 ? 0 : length - 1
  const period = border === 'reflect' ? 2 * length : 2 * length - 2
  const folded = ((at % period) + period) % period
  if (folded < length) return folded
  return border === 'reflect' ? period - 1 - folded : period - folded
}

/** One weight of a filter and where it looks, relative to the pixel. */
export interface Tap {
  readonly dy: number
  readonly dx: number
  readonly weight: number
}

/** Σ weight · image(y + dy, x + dx) for every pixel and channel. */
export function filter(image: Image, taps: readonly Tap[], border: Border): Float32Array {
  const { values, height, width, channels } = image
  const out = new Float32Array(values.length)
  for (const { dy, dx, weight } of taps) {
    for (let y = 0; y < height; y++) {
      const row = borderIndex(border, y + dy, height) * width
      for (let x = 0; x < width; x++) {
        const from = (row + borderIndex(border, x + dx, width)) * channels
        const to = (y * width + x) * channels
        for (let c = 0; c < channels; c++) out[to + c]! += weight * values[from + c]!
      }
    }
  }
  return out
}

/**
 * Gaussian blur, first along columns, then along rows.
 *
 * @param sigma in pixels; 0 copies
 * @param truncate standard deviations after which the filter ends
 */
export function gaussianFilter(
  image: Image,
  sigma: number,
  border: Border = 'nearest',
  truncate = 4,
): Float32Array {
  const weights = gaussianWeights(sigma, Math.floor(truncate * sigma + 0.5))
  const along = (axis: 'dy' | 'dx') =>
    weights.map((weight, at) => {
      const offset = at - (weights.length - 1) / 2
      return { dy: axis === 'dy' ? offset : 0, dx: axis === 'dx' ? offset : 0, weight }
    })
  const blurred = filter(image, along('dy'), border)
  return filter({ ...image, values: blurred }, along('dx'), border)
}

/** Normal density at −radius to radius, in units of its standard deviation sigma; sums to 1. */
export function gaussianWeights(sigma: number, radius: number): number[] {
  if (radius === 0) return [1]
  const weights = Array.from({ length: 2 * radius + 1 }, (_, at) =>
    Math.exp(-((at - radius) ** 2) / (2 * sigma * sigma)),
  )
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  return weights.map(weight => weight / total)
}
