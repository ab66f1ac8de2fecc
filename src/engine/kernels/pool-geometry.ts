import { tf } from '../tf.ts'

/** The attributes that the pooling kernels share. */
export interface PoolAttributes {
  readonly filterSize: [number, number] | number
  readonly strides: [number, number] | number
  readonly pad: 'valid' | 'same' | number | tf.backend_util.ExplicitPadding
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil'
}

/** A half-open interval of pixels: the part of a window inside the image along one axis. */
export type Interval = readonly [from: number, to: number]

/** The windows of a pooling over `[batch, height, width, channels]`. */
export interface PoolGeometry {
  readonly channels: number
  readonly inWidth: number
  /** Where each image of the batch starts in the flat array. */
  readonly images: readonly number[]
  readonly rows: readonly Interval[]
  readonly columns: readonly Interval[]
}

/** Lays out the windows of a pooling, cut to the image. */
export function poolGeometry(
  shape: [number, number, number, number],
  { filterSize, strides, pad, dimRoundingMode }: PoolAttributes,
): PoolGeometry {
  const g = tf.backend_util.computePool2DInfo(shape, filterSize, strides, 1, pad, dimRoundingMode)
  const [batch, height, width, channels] = shape
  return {
    channels,
    inWidth: width,
    images: Array.from({ length: batch }, (_, n) => n * height * width * channels),
    rows: intervals(g.outHeight, g.strideHeight, g.filterHeight, g.padInfo.top, height),
    columns: intervals(g.outWidth, g.strideWidth, g.filterWidth, g.padInfo.left, width),
  }
}

function intervals(
  windows: number,
  stride: number,
  length: number,
  padding: number,
  size: number,
): Interval[] {
  return Array.from({ length: windows }, (_, i) => {
    const from = i * stride - padding
    return [Math.max(from, 0), Math.min(from + length, size)]
  })
}
