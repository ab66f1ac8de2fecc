import { tf } from '../../src/engine/tf.ts'
import { stream } from '../../src/random/stream.ts'

/** Milliseconds by name. */
export type Times = Readonly<Record<string, number>>

/** Normal numbers of this shape; equal seeds, equal numbers. */
export const normal = (shape: number[], seed: number) =>
  tf.tensor(
    stream(seed, 'benchmark').normals(new Float32Array(tf.util.sizeFromShape(shape))),
    shape,
  )

/** Milliseconds of the median of 15 runs, clean-up included; NaN if it cannot run. */
export function median(f: () => tf.Tensor): number {
  const times: number[] = []
  try {
    for (let run = -3; run < 15; run++) {
      const start = performance.now()
      tf.tidy(() => {
        f().dataSync()
      })
      if (run >= 0) times.push(performance.now() - start)
    }
  } catch {
    return Number.NaN
  }
  return times.sort((a, b) => a - b)[7]!
}

/** Times a gradient, the forward pass included. */
export function gradient(f: (x: tf.Tensor) => tf.Tensor, x: tf.Tensor): number {
  return median(() => tf.grad(f)(x))
}
