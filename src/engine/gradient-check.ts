/**
 * Compares automatic differentiation with central finite differences, operation by operation, on the
 * running engine: what `gauntlet doctor` shows, and the reason to trust a gradient attack's failure.
 */
import { setImmediate } from 'node:timers/promises'
import { messageOf } from '../errors.ts'
import { type GradientCase, gradientCases } from './gradient-cases.ts'
import { tf } from './tf.ts'

export interface GradientCheck {
  readonly name: string
  /** Largest difference between the two derivatives, relative to the largest derivative or 1. */
  readonly error: number
  readonly tolerance: number
  readonly ok: boolean
  readonly milliseconds: number
  /** Why the case could not run at all, for instance for want of a kernel. */
  readonly failure?: string
}

/**
 * Checks every case on the running engine; `startEngine` must have been called.
 *
 * With L(x) = Σᵢ cᵢ fᵢ(x) for fixed weights c, ∂L/∂xⱼ is compared with Σᵢ cᵢ (fᵢ(x + heⱼ) - fᵢ(x - heⱼ)) / 2h for
 * every single j, summed in double precision. With h = 0.005 both the rounding of float32 and the cubic
 * term stay below a few 10⁻⁴, and a wrong kernel is off by a tenth or more.
 */
export async function checkGradients(
  cases: readonly GradientCase[] = gradientCases,
): Promise<readonly GradientCheck[]> {
  const checks: GradientCheck[] = []
  for (const gradientCase of cases) {
    checks.push(check(gradientCase))
    await setImmediate()
  }
  return checks
}

const tolerance = 2e-3

function check(gradientCase: GradientCase): GradientCheck {
  const start = performance.now()
  const measured = measure(gradientCase)
  const ok = measured.error <= tolerance
  const milliseconds = performance.now() - start
  return { name: gradientCase.name, tolerance, ok, milliseconds, ...measured }
}

function measure(gradientCase: GradientCase): Pick<GradientCheck, 'error' | 'failure'> {
  try {
    return { error: largestError(gradientCase) }
  } catch (error) {
    return { error: Number.POSITIVE_INFINITY, failure: messageOf(error).split('\n')[0]! }
  }
}

function largestError({ f, shapes, step = 0.005 }: GradientCase): number {
  const inputs = shapes.map((shape, i) => spread(sizeOf(shape), i + 1))
  const evaluate = () => {
    let values: Float32Array = new Float32Array()
    // Not returned through tidy, which would look for tensors in every number.
    tf.tidy(() => {
      values = f(...asTensors(inputs, shapes)).dataSync<'float32'>()
    })
    return values
  }
  const weights = spread(evaluate().length, 99)
  const gradients = differentiate(f, inputs, shapes, weights)
  let largest = 1
  let error = 0
  for (const [i, input] of inputs.entries()) {
    for (const [j, value] of input.entries()) {
      input[j] = value + step
      const above = input[j]
      const up = evaluate()
      input[j] = value - step
      const width = above - input[j]
      const down = evaluate()
      input[j] = value
      let slope = 0
      for (const [k, weight] of weights.entries()) slope += weight * (up[k]! - down[k]!)
      slope /= width
      const difference = Math.abs(slope - gradients[i]![j]!)
      error = Math.max(error, Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference)
      largest = Math.max(largest, Math.abs(slope))
    }
  }
  return error / largest
}

/** The gradients of Σ weights · f by automatic differentiation, one flat array an input. */
function differentiate(
  f: GradientCase['f'],
  inputs: readonly Float32Array[],
  shapes: GradientCase['shapes'],
  weights: Float32Array,
): Float32Array[] {
  let gradients: Float32Array[] = []
  tf.tidy(() => {
    const loss = (...tensors: tf.Tensor[]): tf.Scalar =>
      tf.sum(tf.mul(tf.reshape(f(...tensors), [weights.length]), tf.tensor1d(weights)))
    gradients = tf
      .grads(loss)(asTensors(inputs, shapes))
      .map(gradient => gradient.dataSync<'float32'>())
  })
  return gradients
}

/** Tensors over copies: a backend may keep the very array that it is given. */
function asTensors(inputs: readonly Float32Array[], shapes: GradientCase['shapes']): tf.Tensor[] {
  return inputs.map((input, i) => tf.tensor(input.slice(), [...shapes[i]!], 'float32'))
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1)
}

/**
 * `size` values evenly over [-2, 2], in an order that `seed` fixes (a Fisher-Yates shuffle): neighbours are
 * 4/size apart and none is closer to zero than 1/size.
 */
export function spread(size: number, seed: number): Float32Array {
  const values = Float32Array.from({ length: size }, (_, i) => ((i + 0.75) / size) * 4 - 2)
  let state = seed
  for (let i = size - 1; i > 0; i--) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    const j = Math.floor((state / 2 ** 32) * (i + 1))
    const value = values[i]!
    values[i] = values[j]!
    values[j] = value
  }
  return values
}
