import { type FiringOptions, leakyIntegrateAndFire, type Surrogate } from '../src/engine/spiking.ts'
import type { tf } from '../src/engine/tf.ts'
import type { Affine } from './affine.ts'
import { chain, type PlainStage } from './chain.ts'
import type { Network } from './network.ts'
import { type ReadoutName, readout } from './spiking-readout.ts'
import { eachStep, held } from './through-time.ts'

/** What all networks of leaky integrate-and-fire neurons have in common. */
export interface SpikingOptions extends FiringOptions {
  /** Steps that every input is seen for. */
  readonly steps: number
  readonly readout: ReadoutName
  /** Stands for the derivative of a spike where no estimator asks for another. */
  readonly surrogate: Surrogate
}

/** Neurons that a map feeds with current at every step. */
export interface SpikingLayer {
  readonly name: string
  /** From the input of one step to its currents. */
  readonly affine: Affine
  /**
   * From spikes to the input of the next layer, `[rows, steps, ...]` both; spikes alone when absent.
   */
  passed?(spikes: tf.Tensor): tf.Tensor
}

/**
 * A network of leaky integrate-and-fire neurons. Its sites are the currents into the neurons of
 * every layer at every step, `[steps, ...shape]`, and the readout. The image is a current that
 * stays for all steps.
 *
 * @param prepare from images to what the first layer's map takes
 * @param last the map to the classes
 * @see Neftci, Mostafa and Zenke, "Surrogate gradient learning in spiking neural networks", 2019
 */
export function spikingNetwork(
  inputShape: Network['inputShape'],
  prepare: (x: tf.Tensor) => tf.Tensor,
  layers: readonly SpikingLayer[],
  last: { readonly name: string; readonly affine: Affine },
  options: SpikingOptions,
): Network {
  const { steps } = options
  const read = readout(options.readout, options)
  const withSurrogate = (surrogate: Surrogate): Network => {
    const stages = layers.map(({ name, affine, passed }, index): PlainStage => {
      const isLast = index === layers.length - 1
      return {
        name,
        affine: scaled((index === 0 ? held : eachStep)(affine, steps), options.threshold),
        after(v) {
          const spikes = leakyIntegrateAndFire(v, options, surrogate)
          const next = passed ? passed(spikes) : spikes
          return [isLast ? read.enter(next) : next]
        },
      }
    })
    const end = { name: last.name, affine: read.affine(last.affine), after: read.after }
    const classes = last.affine.shape[0]!
    return chain(inputShape, prepare, [...stages, end], { withSurrogate, classes })
  }
  return withSurrogate(options.surrogate)
}

/** Deviation of initial weights times √fan-in: with it neurons fire at 5 to 25 % of the steps. */
const gain = Math.SQRT2

/** The map with initial weights that drive neurons of this threshold. */
function scaled(affine: Affine, threshold: number): Affine {
  return {
    ...affine,
    parameters: affine.parameters.map(spec =>
      spec.fanIn === 0
        ? spec
        : { ...spec, initial: { deviation: (threshold * gain) / Math.sqrt(spec.fanIn) } },
    ),
  }
}
