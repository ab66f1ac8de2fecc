import { tf } from '../src/engine/tf.ts'
import { type Stream, stream } from '../src/random/stream.ts'

/** Names of the ways in which an image enters a spiking network. */
export const encodingNames = ['direct', 'poisson'] as const

/** `direct`: a current that stays for all steps; `poisson`: see `poissonSpikes`. */
export type EncodingName = (typeof encodingNames)[number]

/**
 * Turns images `[batch, ...shape]`, values in [0, 1], into spikes `[batch, steps, ...shape]`: at every
 * step each pixel spikes with a probability of its value. The gradient passes straight through, as
 * that of the expected spike: an image's is the sum over the steps.
 *
 * @param drawn gives every image spikes of its own; without it a spike depends on step, place and
 *   value of the pixel alone, so that an image has the same spikes in every batch
 * @returns a function whose result belongs to the enclosing `tidy` or to the caller
 */
export function poissonSpikes(steps: number, drawn?: Stream): (x: tf.Tensor) => tf.Tensor {
  let fixed: Float32Array | undefined
  const chances = (images: number, size: number): Float32Array => {
    if (drawn) return drawn.uniforms(new Float32Array(images * steps * size))
    if (fixed?.length !== steps * size) {
      fixed = stream(0, 'poisson').uniforms(new Float32Array(steps * size))
    }
    return fixed
  }
  return tf.customGrad(given => {
    const x = given as tf.Tensor
    const [images = 1, ...shape] = x.shape
    const size = tf.util.sizeFromShape(shape)
    const values = spikes(x.dataSync(), chances(images, size), steps, size)
    return {
      value: tf.tensor(values, [images, steps, ...shape]),
      gradFunc: (dy: tf.Tensor) => tf.sum(dy, 1),
    }
  }) as (x: tf.Tensor) => tf.Tensor
}

/** One where a pixel exceeds its chance; chances `[images or 1, steps, size]`. */
function spikes(
  pixels: ArrayLike<number>,
  chances: Float32Array,
  steps: number,
  size: number,
): Float32Array {
  const values = new Float32Array(pixels.length * steps)
  for (let image = 0, to = 0, from = 0; image < pixels.length; image += size) {
    if (from === chances.length) from = 0
    for (let step = 0; step < steps; step++) {
      for (let at = 0; at < size; at++) {
        values[to++] = pixels[image + at]! > chances[from++]! ? 1 : 0
      }
    }
  }
  return values
}
