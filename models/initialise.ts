import { tf } from '../src/engine/tf.ts'
import { stream } from '../src/random/stream.ts'
import type { Initial, Network, Parameters } from './network.ts'
import { orthogonalise } from './orthogonalise.ts'

/**
 * Initial values: weights from N(0, 2 / fan-in) unless the network says otherwise, biases zero. They
 * depend on the seed and on each parameter's name and shape alone, so matched arms start from equal
 * weights.
 *
 * @returns tensors that belong to the caller
 * @see He et al., "Delving deep into rectifiers", 2015
 * @see orthogonal: Saxe et al., "Exact solutions to the nonlinear dynamics of learning in deep
 *   linear neural networks", 2014
 */
export function initialise(network: Network, seed: number): Parameters {
  return Object.fromEntries(
    network.parameters.map(({ name, shape, fanIn, initial }) => {
      const values = new Float32Array(shape.reduce((product, length) => product * length, 1))
      const draw = () => stream(seed, 'initialise', name).normals(values)
      if (initial === 'orthogonal') orthogonalise(draw(), shape[0]!)
      else {
        const { deviation, mean = 0 } = initial ?? usual(fanIn)
        if (deviation > 0) draw()
        const means = [mean].flat()
        for (let at = 0; at < values.length; at++) {
          values[at] = means[at % means.length]! + deviation * values[at]!
        }
      }
      return [name, tf.tensor(values, [...shape])]
    }),
  )
}

function usual(fanIn: number): Exclude<Initial, string> {
  return { deviation: fanIn > 0 ? Math.sqrt(2 / fanIn) : 0 }
}
