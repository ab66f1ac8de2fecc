import { bySeverity, type Image } from './corruption.ts'
import { blockwise, quantisation } from './jpeg-blocks.ts'

/** One plane of an image, [height, width], values from 0 to 255. */
interface Plane {
  readonly values: Float32Array
  readonly height: number
  readonly width: number
}

/**
 * Baseline JPEG as most encoders write it: bytes, YCbCr with halved colour planes, 8x8 cosine
 * transforms, quantisation by the tables of the standard's annex K; levels are the quality.
 *
 * The entropy coding is left out: it loses nothing.
 *
 * @see ITU-T T.81 (1992); T.871 (2011) for the colours; libjpeg for the meaning of quality
 */
export const jpegCompression = bySeverity([80, 65, 58, 50, 40], (image, quality) => {
  const bytes = image.values.map(value => Math.round(Math.min(Math.max(value, 0), 1) * 255))
  const { height, width } = image
  if (image.channels === 1) {
    const grey = compress({ values: bytes, height, width }, quantisation('luma', quality))
    return grey.values.map(value => value / 255)
  }
  const [luma, blue, red] = toYCbCr({ ...image, values: bytes })
  const colour = (plane: Plane) =>
    doubled(compress(halved(plane), quantisation('chroma', quality)), height, width)
  const light = compress(luma, quantisation('luma', quality))
  return fromYCbCr(light, colour(blue), colour(red))
})

function toYCbCr({ values, height, width }: Image): readonly [Plane, Plane, Plane] {
  const plane = (f: (r: number, g: number, b: number) => number): Plane => ({
    values: Float32Array.from({ length: height * width }, (_, pixel) =>
      Math.round(f(values[3 * pixel]!, values[3 * pixel + 1]!, values[3 * pixel + 2]!)),
    ),
    height,
    width,
  })
  return [
    plane((r, g, b) => 0.299 * r + 0.587 * g + 0.114 * b),
    plane((r, g, b) => 128 + (b - (0.299 * r + 0.587 * g + 0.114 * b)) / 1.772),
    plane((r, g, b) => 128 + (r - (0.299 * r + 0.587 * g + 0.114 * b)) / 1.402),
  ]
}

/** Pixels in [0, 1], [height, width, 3]. */
function fromYCbCr(luma: Plane, blue: Plane, red: Plane): Float32Array {
  const out = new Float32Array(3 * luma.values.length)
  luma.values.forEach((y, pixel) => {
    const [cb, cr] = [blue.values[pixel]! - 128, red.values[pixel]! - 128]
    out[3 * pixel] = toByte(y + 1.402 * cr) / 255
    out[3 * pixel + 1] = toByte(y - (0.114 * 1.772 * cb + 0.299 * 1.402 * cr) / 0.587) / 255
    out[3 * pixel + 2] = toByte(y + 1.772 * cb) / 255
  })
  return out
}

const toByte = (value: number) => Math.min(Math.max(Math.round(value), 0), 255)

/** What is left of a plane that is made of whole 8x8 blocks by repeating its edges. */
function compress(plane: Plane, table: Float64Array): Plane {
  const whole = (length: number) => 8 * Math.ceil(length / 8)
  const padded = resampled(whole(plane.height), whole(plane.width), (y, x) => at(plane, y, x))
  const values = blockwise(padded.values, padded.width, table).map(toByte)
  const decoded = { ...padded, values }
  return resampled(plane.height, plane.width, (y, x) => at(decoded, y, x))
}

/** Mean of every 2x2 pixels; as in libjpeg halves go down and up in turn. */
function halved(plane: Plane): Plane {
  const [height, width] = [Math.ceil(plane.height / 2), Math.ceil(plane.width / 2)]
  return resampled(height, width, (y, x) => {
    const four =
      at(plane, 2 * y, 2 * x) +
      at(plane, 2 * y, 2 * x + 1) +
      at(plane, 2 * y + 1, 2 * x) +
      at(plane, 2 * y + 1, 2 * x + 1)
    return Math.floor((four + 1 + (x & 1)) / 4)
  })
}

/** Twice the size: ¾ of the pixel and ¼ of its neighbour in both directions, rounded in turn. */
function doubled(plane: Plane, height: number, width: number): Plane {
  return resampled(height, width, (y, x) => {
    const [row, column] = [y >> 1, x >> 1]
    const [nextRow, nextColumn] = [row + (y & 1 ? 1 : -1), column + (x & 1 ? 1 : -1)]
    const sixteen =
      9 * at(plane, row, column) +
      3 * at(plane, nextRow, column) +
      3 * at(plane, row, nextColumn) +
      at(plane, nextRow, nextColumn)
    return Math.floor((sixteen + 8 - (x & 1)) / 16)
  })
}

function resampled(height: number, width: number, pixel: (y: number, x: number) => number): Plane {
  const values = Float32Array.from({ length: height * width }, (_, n) =>
    pixel(Math.floor(n / width), n % width),
  )
  return { values, height, width }
}

/** The pixel, or the nearest one for a place beyond the edge. */
function at({ values, height, width }: Plane, y: number, x: number): number {
  const row = Math.min(Math.max(y, 0), height - 1)
  const column = Math.min(Math.max(x, 0), width - 1)
  return values[row * width + column]!
}
