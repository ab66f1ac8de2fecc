import { type FiringOptions, leakyIntegrateAndFire, type Surrogate } from '../src/engine/spiking.ts'
import type { tf } from '../src/engine/tf.ts'
import type { Stream } from '../src/random/stream.ts'
import type { Affine } from './affine.ts'
import { chain, type PlainStage } from './chain.ts'
import type { Network } from './network.ts'
import { type EncodingName, poissonSpikes } from './spike-encoding.ts'
import { type ReadoutName, readout } from './spiking-readout.ts'
import { atEachStep, eachStep, held } from './through-time.ts'

/** What all networks of leaky integrate-and-fire neurons have in common. */
export interface SpikingOptions extends FiringOptions {
  /** Steps that every image is seen for. */
  readonly steps: number
  readonly encoding: EncodingName
  readonly readout: ReadoutName
  /** Stands for the derivative of a spike where no estimator asks for another. */
  readonly surrogate: Surrogate
}

/** A map as a site of this name. */
interface NamedMap {
  readonly name: string
  /** Of what enters at one step. */
  readonly affine: Affine
}

/** Neurons that a map feeds with current at every step. */
interface SpikingLayer extends NamedMap {
  /** What its initial weights are multiplied with, 1 when absent; more where little enters. */
  readonly gain?: number
  /** From the spikes of one step to what enters the next layer; the spikes as they are when absent. */
  passed?(spikes: tf.Tensor): tf.Tensor
}

/** A spiking network's parts, each as it is at one step. */
interface SpikingParts {
  readonly inputShape: Network['inputShape']
  /** From images to what enters the first layer. */
  prepare(x: tf.Tensor): tf.Tensor
  readonly layers: readonly SpikingLayer[]
  /** The map to the classes. */
  readonly last: NamedMap
}

/**
 * A network of leaky integrate-and-fire neurons. Its sites are the currents into every layer's
 * neurons at every step, `[steps, ...shape]`, and the readout. Initial weights make neurons fire at
 * about every tenth step.
 *
 * @see Neftci, Mostafa and Zenke, "Surrogate gradient learning in spiking neural networks", 2019
 */
export function spikingNetwork(
  { inputShape, prepare, layers, last }: SpikingParts,
  options: SpikingOptions,
): Network {
  const { steps, threshold } = options
  const direct = options.encoding === 'direct'
  const read = readout(options.readout, options)
  const build = (surrogate: Surrogate, drawn?: Stream): Network => {
    const encode = poissonSpikes(steps, drawn)
    const stages = layers.map(({ name, affine, gain = 1, passed }, index): PlainStage => {
      const isLast = index === layers.length - 1
      const perStep = index === 0 && direct ? held(affine, steps) : eachStep(affine, steps)
      return {
        name,
        affine: driving(perStep, gain * threshold),
        after(v) {
          const spikes = leakyIntegrateAndFire(v, options, surrogate)
          const next = passed ? atEachStep(passed, spikes) : spikes
          return [isLast ? read.enter(next) : next]
        },
      }
    })
    const end = { name: last.name, affine: read.affine(last.affine), after: read.after }
    return chain(
      inputShape,
      direct ? prepare : x => atEachStep(prepare, encode(x)),
      [...stages, end],
      {
        classes: last.affine.shape[0]!,
        withSurrogate: other => build(other, drawn),
        ...(!direct && { drawn: random => build(surrogate, random('poisson')) }),
      },
    )
  }
  return build(options.surrogate)
}

/** The map with initial weights of deviation `2 gain / √fan-in`, in units of the threshold. */
function driving(affine: Affine, gain: number): Affine {
  const parameters = affine.parameters.map(spec =>
    spec.fanIn === 0
      ? spec
      : { ...spec, initial: { deviation: (2 * gain) / Math.sqrt(spec.fanIn) } },
  )
  return { ...affine, parameters }
}
