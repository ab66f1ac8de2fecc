import { tf } from '../tf.ts'

/** The attributes that the convolution kernels share. */
export interface Conv2dAttributes {
  readonly strides: [number, number] | number
  readonly pad: 'valid' | 'same' | number | tf.backend_util.ExplicitPadding
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil'
}

/** Sizes, strides and padding of a convolution of `[batch, height, width, in]` by `[height, width, in, out]`. */
export function conv2dGeometry(
  inputShape: [number, number, number, number],
  filterShape: [number, number, number, number],
  { strides, pad, dimRoundingMode }: Conv2dAttributes,
): tf.backend_util.Conv2DInfo {
  return tf.backend_util.computeConv2DInfo(
    inputShape,
    filterShape,
    strides,
    1,
    pad,
    dimRoundingMode,
    false,
    'channelsLast',
  )
}
