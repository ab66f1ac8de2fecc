/** `[height, width, channels]`. */
export type Shape = readonly [height: number, width: number, channels: number]

/** `x W + b`: x `[inputs]`, W `[inputs, outputs]`. */
export function denseCurrents(
  x: Float32Array,
  weight: ArrayLike<number>,
  bias: ArrayLike<number>,
): Float32Array {
  const outputs = bias.length
  const sums = new Float32Array(outputs)
  for (const [i, value] of x.entries()) {
    if (value === 0) continue
    for (let j = 0; j < outputs; j++) sums[j]! += value * weight[i * outputs + j]!
  }
  return sums.map((sum, j) => sum + bias[j]!)
}

/**
 * Square convolution of stride 1 that keeps height and width, as `convolution` has it: kernel
 * `[size, size, inputs, channels]` of an odd size, zeros around the image.
 */
export function convolutionCurrents(
  x: Float32Array,
  [height, width, inputs]: Shape,
  kernel: ArrayLike<number>,
  bias: ArrayLike<number>,
): Float32Array {
  const channels = bias.length
  const side = Math.round(Math.sqrt(kernel.length / (inputs * channels)))
  const reach = (side - 1) / 2
  const sums = new Float32Array(height * width * channels)
  for (const [at, value] of x.entries()) {
    if (value === 0) continue
    const place = Math.floor(at / inputs)
    const row = Math.floor(place / width)
    const column = place % width
    for (let u = 0; u < side; u++) {
      const toRow = row + reach - u
      if (toRow < 0 || toRow >= height) continue
      for (let v = 0; v < side; v++) {
        const toColumn = column + reach - v
        if (toColumn < 0 || toColumn >= width) continue
        const to = (toRow * width + toColumn) * channels
        const from = ((u * side + v) * inputs + (at % inputs)) * channels
        for (let j = 0; j < channels; j++) sums[to + j]! += value * kernel[from + j]!
      }
    }
  }
  return sums.map((sum, at) => sum + bias[at % channels]!)
}

/** Shape after a pooling of 2x2 squares; where a side is odd, the last ones are cut. */
export function halved([height, width, channels]: Shape): Shape {
  return [Math.ceil(height / 2), Math.ceil(width / 2), channels]
}

/** Mean or maximum of 2x2 squares of one image, as `tf.avgPool` and `tf.maxPool` have them. */
export function pooled(x: Float32Array, shape: Shape, kind: 'average' | 'max'): Float32Array {
  const [height, width, channels] = shape
  const [rows, columns] = halved(shape)
  const result = new Float32Array(rows * columns * channels)
  for (let at = 0; at < result.length; at++) {
    const channel = at % channels
    const column = Math.floor(at / channels) % columns
    const row = Math.floor(at / (channels * columns))
    let sum = 0
    let most = Number.NEGATIVE_INFINITY
    let places = 0
    for (let i = 2 * row; i < Math.min(2 * row + 2, height); i++) {
      for (let j = 2 * column; j < Math.min(2 * column + 2, width); j++) {
        const value = x[(i * width + j) * channels + channel]!
        sum += value
        most = Math.max(most, value)
        places++
      }
    }
    result[at] = kind === 'max' ? most : sum / places
  }
  return result
}
