import { tf } from '../src/engine/tf.ts'
import { stream } from '../src/random/stream.ts'
import type { Network, Parameters } from './network.ts'

/**
 * Initial values: weights from N(0, 2 / fan-in) unless the network says otherwise, biases zero. They
 * depend on the seed and on each
 * parameter's name and shape alone, so matched arms start from equal weights.
 *
 * @returns tensors that belong to the caller
 * @see He et al., "Delving deep into rectifiers", 2015
 */
export function initialise(network: Network, seed: number): Parameters {
  return Object.fromEntries(
    network.parameters.map(({ name, shape, fanIn, initial }) => {
      const values = new Float32Array(shape.reduce((product, length) => product * length, 1))
      const { deviation, mean = 0 } = initial ?? { deviation: fanIn > 0 ? Math.sqrt(2 / fanIn) : 0 }
      if (deviation > 0) stream(seed, 'initialise', name).normals(values)
      for (let at = 0; at < values.length; at++) values[at] = mean + deviation * values[at]!
      return [name, tf.tensor(values, [...shape])]
    }),
  )
}
