import { definePlainKernel } from './plain-kernel.ts'
import { type Surrogate, surrogateSlopes } from './surrogate.ts'

/** What a neuron does between two steps, and what its spikes are differentiated as. */
export interface FiringAttributes {
  readonly decay: number
  readonly threshold: number
  readonly reset: 'zero' | 'subtract'
  readonly surrogate: Surrogate
}

/** Spikes of leaky integrate-and-fire neurons. Shapes: current and result `[rows, steps, ...shape]`. */
export const integrateAndFire = definePlainKernel<'current', FiringAttributes>(
  'LeakyIntegrateAndFire',
  {
    inputs: ['current'],
    shapeOf: ({ current }) => current.shape,
    compute(spikes, { current: { values, shape } }, attributes) {
      const [rows, length, size] = sizesOf(shape)
      const threshold = Math.fround(attributes.threshold)
      const carried = new Float32Array(size)
      for (let from = 0; from < rows * length; from += length) {
        const row = spikes.subarray(from, from + length)
        integrate(values, from, attributes, carried, row)
        for (let at = 0; at < length; at++) row[at] = Number(row[at]! >= threshold)
      }
    },
    gradient: (dy, { current }, attributes) => ({
      current: () => gradientByCurrent({ dy, current }, attributes),
    }),
  },
)

/**
 * Backpropagation through time, the membrane potentials computed again. With g the gradient by the
 * potential u, d the one by the spike s alone and H' the surrogate, reset to zero gives
 * `gₜ = (dₜ − decay uₜ gₜ₊₁) H'(uₜ) + decay (1 − sₜ) gₜ₊₁`, by subtraction
 * `gₜ = (dₜ − threshold gₜ₊₁) H'(uₜ) + decay gₜ₊₁`.
 */
const gradientByCurrent = definePlainKernel<'dy' | 'current', FiringAttributes>(
  'LeakyIntegrateAndFireGrad',
  {
    inputs: ['dy', 'current'],
    shapeOf: ({ current }) => current.shape,
    compute(gradient, { dy: { values: d }, current: { values, shape } }, attributes) {
      const [rows, length, size] = sizesOf(shape)
      const { surrogate, reset, decay } = attributes
      const threshold = Math.fround(attributes.threshold)
      const membrane = new Float32Array(length)
      const slopes = new Float32Array(length)
      const carried = new Float32Array(size)
      const zeroed = reset === 'zero'
      for (let from = 0; from < rows * length; from += length) {
        integrate(values, from, attributes, carried, membrane)
        surrogateSlopes(surrogate, membrane, threshold, slopes)
        const next = carried.fill(0)
        for (let step = length - size; step >= 0; step -= size) {
          for (let i = 0; i < size; i++) {
            const at = step + i
            const u = membrane[at]!
            const later = next[i]!
            const lost = zeroed ? decay * u : threshold
            const left = zeroed && u >= threshold ? 0 : decay
            const g = (d[from + at]! - lost * later) * slopes[at]! + left * later
            next[i] = g
            gradient[from + at] = g
          }
        }
      }
    },
  },
)

/** Rows, numbers in a row over all its steps, and numbers in a step. */
function sizesOf(shape: readonly number[]): [rows: number, length: number, size: number] {
  const [rows, steps, ...rest] = shape as [number, number, ...number[]]
  const size = rest.reduce((product, length) => product * length, 1)
  return [rows, steps * size, size]
}

/**
 * Writes the membrane potentials `[steps, size]` of the row of currents that starts at `from`.
 *
 * @param carried room for what is left of the potentials `[size]` from one step to the next
 */
function integrate(
  current: Float32Array,
  from: number,
  attributes: FiringAttributes,
  carried: Float32Array,
  membrane: Float32Array,
): void {
  // Rounded as operations on tensors round: a potential that just reaches the threshold has to fire.
  const decay = Math.fround(attributes.decay)
  const threshold = Math.fround(attributes.threshold)
  // Without a spike and with one: tables, as no processor can predict who fires.
  const zeroed = attributes.reset === 'zero'
  const kept = Float64Array.of(decay, zeroed ? 0 : decay)
  const taken = Float64Array.of(0, zeroed ? 0 : threshold)
  const size = carried.length
  carried.fill(0)
  for (let step = 0; step < membrane.length; step += size) {
    for (let i = 0; i < size; i++) {
      const u = Math.fround(carried[i]! + current[from + step + i]!)
      const spike = Number(u >= threshold)
      carried[i] = Math.fround(kept[spike]! * u) - taken[spike]!
      membrane[step + i] = u
    }
  }
}
