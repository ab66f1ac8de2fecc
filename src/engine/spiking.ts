import { type FiringAttributes, integrateAndFire } from './kernels/integrate-and-fire.ts'
import type { Surrogate } from './kernels/surrogate.ts'
import type { tf } from './tf.ts'

export { type Surrogate, surrogateNames } from './kernels/surrogate.ts'

/** The dynamics of a leaky integrate-and-fire neuron. */
export type FiringOptions = Pick<FiringAttributes, 'decay' | 'threshold' | 'reset'>

/**
 * Spikes, 0 or 1, of leaky integrate-and-fire neurons over time, as one operation.
 *
 * `uₜ = decay uₜ₋₁ (1 − sₜ₋₁) + Iₜ` with reset to zero, `uₜ = decay uₜ₋₁ − threshold sₜ₋₁ + Iₜ` with reset by
 * subtraction, both from u₀ = 0 and s₀ = 0; `sₜ = H(uₜ − threshold)` with H(0) = 1. The gradient is
 * backpropagation through time, the reset included, with the surrogate in the place of H'.
 *
 * @param current `[rows, steps, ...shape]`
 * @returns spikes of the same shape; they belong to the enclosing `tidy` or to the caller
 * @throws RangeError for a current without steps as its second axis, a decay outside [0, 1], or a
 *   threshold that is not positive
 * @see Neftci, Mostafa and Zenke, "Surrogate gradient learning in spiking neural networks", 2019
 */
export function leakyIntegrateAndFire(
  current: tf.Tensor,
  { decay, threshold, reset }: FiringOptions,
  surrogate: Surrogate,
): tf.Tensor {
  if (current.rank < 2) {
    throw new RangeError(`invalid current: [${current.shape}]; expected [rows, steps, ...shape]`)
  }
  if (!(decay >= 0 && decay <= 1)) {
    throw new RangeError(`invalid decay: ${decay}; expected a number from 0 to 1`)
  }
  if (!(threshold > 0 && threshold < Number.POSITIVE_INFINITY)) {
    throw new RangeError(`invalid threshold: ${threshold}; expected a positive number`)
  }
  return integrateAndFire({ current }, { decay, threshold, reset, surrogate })
}
