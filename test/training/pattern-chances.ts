/**
 * Chances of the patterns in which a neuron spikes when its currents are noisy, by integration over
 * one potential at a time. Bit t of a pattern is the spike at step t.
 */

/** A neuron's dynamics, and its noise. */
export interface NoisyNeuron {
  readonly steps: number
  readonly decay: number
  readonly threshold: number
  readonly reset: 'zero' | 'subtract'
  /** Standard deviation of the noise, and its law. */
  readonly sigma: number
  readonly law: Law
}

/** A law of variance one. */
export interface Law {
  density(x: number): number
  /** Chance of more than x. */
  above(x: number): number
}

export const gaussian: Law = {
  density: x => Math.exp(-(x ** 2) / 2) / Math.sqrt(2 * Math.PI),
  above: x => (x > 0 ? gaussianTail(x) : 1 - gaussianTail(-x)),
}

export const laplace: Law = {
  density: x => Math.exp(-Math.SQRT2 * Math.abs(x)) / Math.SQRT2,
  above: x => (x > 0 ? Math.exp(-Math.SQRT2 * x) / 2 : 1 - Math.exp(Math.SQRT2 * x) / 2),
}

/** By its continued fraction, or the series of the distribution function near zero. */
function gaussianTail(x: number): number {
  if (x > 3) {
    let fraction = x
    for (let k = 60; k >= 1; k--) fraction = x + k / fraction
    return gaussian.density(x) / fraction
  }
  let [term, sum] = [x, x]
  for (let k = 1; k < 60; k++) {
    term *= x ** 2 / (2 * k + 1)
    sum += term
  }
  return 0.5 - gaussian.density(x) * sum
}

/** Nodes of a quadrature, in each part of the line. */
const nodes = 200

/**
 * Chances of a neuron's patterns where every step has noise of its own.
 *
 * @param currents without noise, one for every step
 */
function patternChances(currents: readonly number[], neuron: NoisyNeuron): number[] {
  const { decay, threshold, reset, sigma, law } = neuron
  const reach = (law === gaussian ? 8 : 16) * sigma
  /** What is left of the potential at the step before, with its weight. */
  type Left = readonly (readonly [left: number, weight: number])[]
  const chances: number[] = []
  const follow = (step: number, pattern: number, before: Left) => {
    if (step === currents.length) {
      chances[pattern] = before.reduce((sum, [, weight]) => sum + weight, 0)
      return
    }
    const centres = before.map(([left, weight]) => [left + currents[step]!, weight] as const)
    const above = centres.map(
      ([centre, weight]) => [0, weight * law.above((threshold - centre) / sigma)] as const,
    )
    const total = (left: Left) => left.reduce((sum, [, weight]) => sum + weight, 0)
    const fired = pattern | (1 << step)
    if (step === currents.length - 1) {
      follow(step + 1, fired, [[0, total(above)]])
      follow(step + 1, pattern, [[0, total(centres) - total(above)]])
      return
    }
    const highest = Math.max(...centres.map(([centre]) => centre), threshold) + reach
    const lowest = Math.min(...centres.map(([centre]) => centre), threshold) - reach
    const density = (u: number) =>
      centres.reduce((sum, [c, w]) => sum + (w * law.density((u - c) / sigma)) / sigma, 0)
    // A law may have a kink at its centre, which no part of a quadrature may hold within.
    const kinks = centres.length === 1 ? [centres[0]![0]] : []
    const cut = (from: number, to: number, left: (u: number) => number): Left => {
      const ends = [from, ...kinks.filter(u => u > from && u < to), to]
      return ends.slice(1).flatMap((end, part) => {
        const width = (end - ends[part]!) / nodes
        return Array.from({ length: nodes }, (_, at) => {
          const u = ends[part]! + width * (at + 0.5)
          return [left(u), density(u) * width] as const
        })
      })
    }
    const silent = cut(lowest, threshold, u => decay * u)
    follow(step + 1, pattern, silent)
    const loud = () => cut(threshold, highest, u => decay * u - threshold)
    follow(step + 1, fired, reset === 'zero' ? [[0, total(above)]] : loud())
  }
  follow(0, 0, [[0, 1]])
  return chances
}

/** Derivatives of `patternChances` by the currents, `[steps][patterns]`. */
function chanceSlopes(currents: readonly number[], neuron: NoisyNeuron): number[][] {
  const step = 1e-3
  return currents.map((_, at) => {
    const moved = (by: number) => currents.map((current, t) => (t === at ? current + by : current))
    const [up, down] = [moved(step), moved(-step)].map(c => patternChances(c, neuron))
    return up!.map((chance, pattern) => (chance - down![pattern]!) / (2 * step))
  })
}

/**
 * Chances of a neuron's patterns, and their derivatives by its current, where that is the same at
 * every step and so is its noise.
 *
 * @param spread standard deviation of that noise
 */
function constantChances(current: number, spread: number, neuron: NoisyNeuron) {
  const [chances, slopes] = [0, 0].map(() => Array<number>(2 ** neuron.steps).fill(0))
  const count = 20_000
  for (let at = 0; at < count; at++) {
    const epsilon = (16 * (at + 0.5)) / count - 8
    const weight = (gaussian.density(epsilon) * 16) / count
    const pattern = patternOf(current + spread * epsilon, neuron)
    chances![pattern]! += weight
    slopes![pattern]! += (weight * epsilon) / spread
  }
  return { chances: chances!, slopes: slopes! }
}

function patternOf(current: number, { steps, decay, threshold, reset }: NoisyNeuron): number {
  let [pattern, left] = [0, 0]
  for (let step = 0; step < steps; step++) {
    const u = left + current
    left = decay * u
    if (u < threshold) continue
    pattern |= 1 << step
    left = reset === 'zero' ? 0 : left - threshold
  }
  return pattern
}

/** Of every neuron its patterns' chances, and their slopes by the current of each step. */
export interface Chances {
  readonly chance: readonly (readonly number[])[]
  readonly slope: readonly (readonly (readonly number[])[])[]
}

/** With noise on each step's current. */
export function fromCurrents(
  neurons: readonly (readonly number[])[],
  neuron: NoisyNeuron,
): Chances {
  return {
    chance: neurons.map(currents => patternChances(currents, neuron)),
    slope: neurons.map(currents => chanceSlopes(currents, neuron)),
  }
}

/**
 * With Gaussian noise on the parameters behind currents that are the same at every step: so is the
 * noise, and the slope by the current stands at the first step.
 *
 * @param spread of the noise, in units of sigma
 */
export function fromParameters(
  neurons: readonly (readonly number[])[],
  spread: number,
  neuron: NoisyNeuron,
): Chances {
  const found = neurons.map(currents =>
    constantChances(currents[0]!, neuron.sigma * spread, neuron),
  )
  const none = Array<number>(2 ** neuron.steps).fill(0)
  return {
    chance: found.map(({ chances }) => chances),
    slope: found.map(({ slopes }, at) => neurons[at]!.map((_, step) => (step > 0 ? none : slopes))),
  }
}
