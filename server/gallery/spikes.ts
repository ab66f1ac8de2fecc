import { readFile } from 'node:fs/promises'
import type { Architecture } from '../../models/architecture.ts'
import type { StoredEvaluation } from '../../src/store/queries/gallery.ts'
import { decodeSafetensors, type StoredTensor } from '../../src/training/safetensors.ts'
import type { Contents } from '../schemas/gallery.ts'
import { convolutionCurrents, denseCurrents, halved, pooled, type Shape } from './currents.ts'
import { encoded, type Firing, fired } from './firing.ts'

/** 1 where a neuron fires, `[steps, neurons]`; neurons of a convolution are ordered by channel. */
export type Raster = Uint8Array

/** The hidden layers of a spiking network, and what they do with an image. */
export interface SpikingLayers {
  readonly layers: Contents['layers']
  /** Spikes of every layer. */
  of(image: Float32Array): Raster[]
}

type Dense = Extract<Architecture, { readonly name: 'snn' }>
type Convolutional = Extract<Architecture, { readonly name: 'snn-conv' }>
type Tensors = Readonly<Record<string, StoredTensor>>

/** A layer of neurons, at one step. */
interface Layer {
  readonly name: string
  readonly neurons: number
  /** Currents into the neurons. */
  currents(entering: Float32Array): Float32Array
  /** From spikes to what enters the next layer; as they are when absent. */
  passed?(spikes: Float32Array): Float32Array
  /** Channels of a convolution, which its neurons have last. */
  readonly channels?: number
}

/**
 * The spiking layers of the model that an evaluation judged, from its stored weights; undefined for
 * a network that does not spike. The server has no engine, so sums are rounded in another order
 * than in training: a potential at the very threshold may fire here and not there.
 */
export async function readSpikes(
  { architecture_config, shape }: Pick<StoredEvaluation, 'architecture_config' | 'shape'>,
  checkpoint: string,
  problems: string[],
): Promise<SpikingLayers | undefined> {
  const architecture: Architecture = JSON.parse(architecture_config)
  if (architecture.name !== 'snn' && architecture.name !== 'snn-conv') return undefined
  try {
    const { tensors } = decodeSafetensors(await readFile(checkpoint), checkpoint)
    return architecture.name === 'snn'
      ? denseLayers(architecture, tensors)
      : convolutionalLayers(architecture, JSON.parse(shape), tensors)
  } catch {
    problems.push('Without spikes: the weights of the model are not in the results folder.')
    return undefined
  }
}

/** Hidden layers of `snn`, with weights `dense1/weight [inputs, neurons]`, `dense1/bias`, and so on. */
export function denseLayers(
  architecture: Firing & Pick<Dense, 'hidden'>,
  tensors: Tensors,
): SpikingLayers {
  const { hidden } = architecture
  const layers = hidden.map((neurons, at) => denseLayer(`dense${at + 1}`, neurons, tensors))
  return spikingLayers(layers, architecture)
}

/** Hidden layers of `snn-conv`: two convolutions, each with a pooling of its spikes, and a dense one. */
export function convolutionalLayers(
  architecture: Firing & Pick<Convolutional, 'channels' | 'hidden' | 'pooling'>,
  image: Shape,
  tensors: Tensors,
): SpikingLayers {
  const { channels, hidden, pooling } = architecture
  let shape = image
  const convolutions = channels.map((outputs, at): Layer => {
    const name = `conv${at + 1}`
    const { weight, bias } = mapOf(name, outputs, tensors)
    const entering = shape
    const neurons: Shape = [entering[0], entering[1], outputs]
    shape = halved(neurons)
    return {
      name,
      neurons: neurons[0] * neurons[1] * outputs,
      channels: outputs,
      currents: x => convolutionCurrents(x, entering, weight, bias),
      passed: spikes => pooled(spikes, neurons, pooling),
    }
  })
  return spikingLayers([...convolutions, denseLayer('dense1', hidden, tensors)], architecture)
}

function denseLayer(name: string, neurons: number, tensors: Tensors): Layer {
  const { weight, bias } = mapOf(name, neurons, tensors)
  return { name, neurons, currents: x => denseCurrents(x, weight, bias) }
}

function mapOf(name: string, outputs: number, tensors: Tensors) {
  const weight = tensors[`${name}/weight`]
  const bias = tensors[`${name}/bias`]
  if (weight?.shape.at(-1) !== outputs || bias?.values.length !== outputs) {
    throw new Error(`no weights of ${name}`)
  }
  return { weight: weight.values, bias: bias.values }
}

function spikingLayers(layers: readonly Layer[], firing: Firing): SpikingLayers {
  const { steps } = firing
  return {
    layers: layers.map(({ name, neurons }) => ({ name, steps, neurons })),
    of(image) {
      let entering = encoded(image, firing)
      return layers.map(({ neurons, currents, passed, channels = 1 }) => {
        const spikes = fired(atEachStep(currents, entering, steps), neurons, firing)
        entering = passed ? atEachStep(passed, spikes, steps) : spikes
        return byChannel(spikes, neurons, channels)
      })
    },
  }
}

/** What `map` makes of every step, one after the other. */
function atEachStep(
  map: (x: Float32Array) => Float32Array,
  entering: Float32Array,
  steps: number,
): Float32Array {
  const size = entering.length / steps
  const each = Array.from({ length: steps }, (_, step) =>
    map(entering.subarray(step * size, (step + 1) * size)),
  )
  const length = each[0]!.length
  const all = new Float32Array(steps * length)
  for (const [step, values] of each.entries()) all.set(values, step * length)
  return all
}

/** From `[steps, places, channels]` to `[steps, channels, places]`. */
function byChannel(spikes: Float32Array, neurons: number, channels: number): Raster {
  const places = neurons / channels
  const raster = new Uint8Array(spikes.length)
  for (const [at, spike] of spikes.entries()) {
    const step = Math.floor(at / neurons)
    const neuron = at % neurons
    const place = Math.floor(neuron / channels)
    raster[step * neurons + (neuron % channels) * places + place] = spike
  }
  return raster
}
