import { stream } from '../../src/random/stream.ts'

/** Of an architecture, what decides when neurons fire; see `SpikingOptions`. */
export interface Firing {
  readonly steps: number
  readonly decay: number
  readonly threshold: number
  readonly reset: 'zero' | 'subtract'
  readonly encoding: 'direct' | 'poisson'
}

/** What enters the first layer, `[steps, pixels]`; see `poissonSpikes` for chances of spikes. */
export function encoded(image: Float32Array, { steps, encoding }: Firing): Float32Array {
  const size = image.length
  const entering = new Float32Array(steps * size)
  if (encoding === 'direct') {
    for (let step = 0; step < steps; step++) entering.set(image, step * size)
    return entering
  }
  const chances = stream(0, 'poisson').uniforms(new Float32Array(steps * size))
  return entering.map((_, at) => Number(image[at % size]! > chances[at]!))
}

/** Leaky integrate-and-fire neurons, as `leakyIntegrateAndFire` has them; `[steps, neurons]`. */
export function fired(
  current: Float32Array,
  neurons: number,
  { decay, threshold, reset }: Firing,
): Float32Array {
  const spikes = new Float32Array(current.length)
  const left = new Float32Array(neurons)
  for (let at = 0; at < current.length; at++) {
    const neuron = at % neurons
    const u = Math.fround(left[neuron]! + current[at]!)
    const fires = u >= Math.fround(threshold)
    spikes[at] = Number(fires)
    const kept = fires && reset === 'zero' ? 0 : decay * u
    left[neuron] = fires && reset === 'subtract' ? kept - threshold : kept
  }
  return spikes
}
