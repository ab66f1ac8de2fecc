import { readFile } from 'node:fs/promises'
import { stream } from '../../src/random/stream.ts'
import type { StoredEvaluation } from '../../src/store/queries/gallery.ts'
import { decodeSafetensors, type StoredTensor } from '../../src/training/safetensors.ts'
import type { Contents } from '../schemas/gallery.ts'

/** 1 where a neuron fires, `[steps, neurons]`. */
export type Raster = Uint8Array

/** The hidden layers of a dense spiking network, and what they do with an image. */
export interface SpikingLayers {
  readonly layers: Contents['layers']
  /** Spikes of every layer. */
  of(image: Float32Array): Raster[]
}

/** What of an architecture decides about spikes; see `SnnOptions`. */
interface Firing {
  readonly hidden: readonly number[]
  readonly steps: number
  readonly decay: number
  readonly threshold: number
  readonly reset: 'zero' | 'subtract'
  readonly encoding: 'direct' | 'poisson'
}

/**
 * The spiking layers of the model that an evaluation judged, from its stored weights; undefined for
 * a network that is not a dense spiking one. The server has no engine, so sums are rounded in
 * another order than in training: a potential at the very threshold may fire here and not there.
 */
export async function readSpikes(
  { architecture_config }: StoredEvaluation,
  checkpoint: string,
  problems: string[],
): Promise<SpikingLayers | undefined> {
  const architecture = JSON.parse(architecture_config)
  if (architecture.name !== 'snn') return undefined
  try {
    const { tensors } = decodeSafetensors(await readFile(checkpoint), checkpoint)
    return layersOf(architecture, tensors)
  } catch {
    problems.push('Without spikes: the weights of the model are not in the results folder.')
    return undefined
  }
}

/** The hidden layers with weights `dense1/weight [inputs, neurons]`, `dense1/bias`, and so on. */
export function layersOf(
  firing: Firing,
  tensors: Readonly<Record<string, StoredTensor>>,
): SpikingLayers {
  const { hidden, steps } = firing
  const maps = hidden.map((neurons, at) => {
    const name = `dense${at + 1}`
    const weight = tensors[`${name}/weight`]
    const bias = tensors[`${name}/bias`]
    if (weight?.shape[1] !== neurons || bias?.values.length !== neurons) {
      throw new Error(`no weights of ${name}`)
    }
    return { name, neurons, weight: weight.values, bias: bias.values }
  })
  return {
    layers: maps.map(({ name, neurons }) => ({ name, steps, neurons })),
    of(image) {
      let entering = encoded(image, firing)
      return maps.map(({ neurons, weight, bias }) => {
        const spikes = fired(currents(entering, weight, bias, steps), neurons, firing)
        entering = spikes
        return spikes
      })
    },
  }
}

/** What enters the first layer, `[steps, pixels]`; see `poissonSpikes` for chances of spikes. */
function encoded(image: Float32Array, { steps, encoding }: Firing): ArrayLike<number> {
  const size = image.length
  const entering = new Float32Array(steps * size)
  if (encoding === 'direct') {
    for (let step = 0; step < steps; step++) entering.set(image, step * size)
    return entering
  }
  const chances = stream(0, 'poisson').uniforms(new Float32Array(steps * size))
  return entering.map((_, at) => Number(image[at % size]! > chances[at]!))
}

/** `x W + b` at every step. */
function currents(
  entering: ArrayLike<number>,
  weight: ArrayLike<number>,
  bias: ArrayLike<number>,
  steps: number,
): Float32Array {
  const neurons = bias.length
  const size = entering.length / steps
  const sums = new Float32Array(steps * neurons)
  for (let step = 0; step < steps; step++) {
    const to = step * neurons
    for (let i = 0; i < size; i++) {
      const x = entering[step * size + i]!
      if (x === 0) continue
      for (let j = 0; j < neurons; j++) sums[to + j]! += x * weight[i * neurons + j]!
    }
    for (let j = 0; j < neurons; j++) sums[to + j]! += bias[j]!
  }
  return sums
}

/** Leaky integrate-and-fire neurons, as `leakyIntegrateAndFire` has them. */
function fired(
  current: Float32Array,
  neurons: number,
  { decay, threshold, reset }: Firing,
): Raster {
  const spikes = new Uint8Array(current.length)
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
