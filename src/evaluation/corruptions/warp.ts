import type { Image } from './corruption.ts'
import { type Border, borderIndex } from './filter.ts'

/** Where a pixel of the result comes from, in pixels of the image. */
export type Source = (y: number, x: number) => readonly [y: number, x: number]

/**
 * Every pixel of the result is interpolated between the four pixels around its source.
 *
 * @param border what lies beyond the edge; `zero` is black
 */
export function warp(image: Image, source: Source, border: Border | 'zero'): Float32Array {
  const { height, width, channels } = image
  const out = new Float32Array(image.values.length)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [fromY, fromX] = source(y, x)
      const [top, left] = [Math.floor(fromY), Math.floor(fromX)]
      const [down, right] = [fromY - top, fromX - left]
      const to = (y * width + x) * channels
      addPixel(out, to, image, top, left, border, (1 - down) * (1 - right))
      addPixel(out, to, image, top, left + 1, border, (1 - down) * right)
      addPixel(out, to, image, top + 1, left, border, down * (1 - right))
      addPixel(out, to, image, top + 1, left + 1, border, down * right)
    }
  }
  return out
}

function addPixel(
  out: Float32Array,
  to: number,
  { values, height, width, channels }: Image,
  y: number,
  x: number,
  border: Border | 'zero',
  weight: number,
): void {
  if (weight === 0) return
  const inside = y >= 0 && y < height && x >= 0 && x < width
  if (!inside && border === 'zero') return
  const edge = border === 'zero' ? 'nearest' : border
  const from = (borderIndex(edge, y, height) * width + borderIndex(edge, x, width)) * channels
  for (let c = 0; c < channels; c++) out[to + c]! += weight * values[from + c]!
}

/**
 * The middle of an image, enlarged to its size: its rows and columns spread evenly from the first
 * to the last, as in SciPy's `zoom`.
 *
 * @param factor at least 1
 */
export function zoomIn(image: Image, factor: number): Float32Array {
  const axis = (length: number) => {
    const part = Math.ceil(length / factor)
    const enlarged = Math.round(part * factor)
    const first = Math.floor((length - part) / 2)
    const trim = Math.floor((enlarged - length) / 2)
    const step = enlarged > 1 ? (part - 1) / (enlarged - 1) : 0
    return (at: number) => first + (at + trim) * step
  }
  const [row, column] = [axis(image.height), axis(image.width)]
  return warp(image, (y, x) => [row(y), column(x)], 'nearest')
}
