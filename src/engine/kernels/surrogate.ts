/**
 * What stands for the derivative of a spike, the step H(x) with x = membrane − threshold, on the way back.
 *
 * * `atan`: (α/2) / (1 + (πα x/2)²), α = 2 (Fang et al., "Incorporating learnable membrane time constant", 2021)
 * * `fast-sigmoid`: 1 / (1 + k|x|)², k = 10 (Zenke and Ganguli, "SuperSpike", 2018)
 * * `triangular`: max(0, 1 − |x|/w) / w, w = 1 (after Bellec et al., "Long short-term memory and
 *   learning-to-learn in networks of spiking neurons", 2018)
 * * `heaviside`: 0, the true derivative
 */
export const surrogateNames = ['atan', 'fast-sigmoid', 'triangular', 'heaviside'] as const
export type Surrogate = (typeof surrogateNames)[number]

const sharpness = 10

/** Writes the surrogate at every potential, `[n]`, to `slopes`, `[n]`. */
export function surrogateSlopes(
  surrogate: Surrogate,
  membrane: Float32Array,
  threshold: number,
  slopes: Float32Array,
): void {
  const { length } = slopes
  switch (surrogate) {
    case 'atan':
      for (let i = 0; i < length; i++) {
        const x = Math.PI * (membrane[i]! - threshold)
        slopes[i] = 1 / (1 + x * x)
      }
      break
    case 'fast-sigmoid':
      for (let i = 0; i < length; i++) {
        const x = 1 + sharpness * Math.abs(membrane[i]! - threshold)
        slopes[i] = 1 / (x * x)
      }
      break
    case 'triangular':
      for (let i = 0; i < length; i++) {
        slopes[i] = Math.max(0, 1 - Math.abs(membrane[i]! - threshold))
      }
      break
    case 'heaviside':
      slopes.fill(0)
  }
}
