import type { ImageShape } from '../../../models/input.ts'

/** Smooth images of bytes / 255, [count, height, width, channels]; image n has a phase of its own. */
export function waves(count: number, [height, width, channels]: ImageShape): Float32Array {
  const size = height * width * channels
  return Float32Array.from({ length: count * size }, (_, at) => {
    const n = Math.floor(at / size)
    const pixel = Math.floor((at % size) / channels)
    const [y, x, c] = [Math.floor(pixel / width), pixel % width, at % channels]
    const value = 127.5 + 70 * Math.sin(x / 3 + c + n) + 50 * Math.cos(y / 4 - (c * x) / 9 + 2 * n)
    return Math.floor(value) / 255
  })
}

export const meanOf = (values: ArrayLike<number>) =>
  Array.from(values).reduce((sum, value) => sum + value, 0) / values.length

/** Mean absolute difference. */
export const meanDistance = (a: Float32Array, b: Float32Array) =>
  meanOf(a.map((value, at) => Math.abs(value - b[at]!)))
