import test from 'ava'
import { poissonSpikes } from '../../models/spike-encoding.ts'
import { layersOf } from '../../server/gallery/spikes.ts'
import { leakyIntegrateAndFire } from '../../src/engine/spiking.ts'
import { tf } from '../../src/engine/tf.ts'
import { stream } from '../../src/random/stream.ts'
import { useEngine } from '../with-engine.ts'

useEngine()

const steps = 12
const widths = [20, 15, 9] as const

/** Multiples of 1/256 so that sums are exact in whatever order they are made. */
function coarse(length: number, name: string): Float32Array {
  const normals = stream(3, 'test', name).normals(new Float32Array(length))
  return normals.map(value => Math.round(value * 128) / 256)
}

const image = stream(3, 'test', 'image')
  .uniforms(new Float32Array(widths[0]))
  .map(value => Math.round(value * 256) / 256)

const weights = Object.fromEntries(
  widths.slice(1).flatMap((neurons, at) => {
    const inputs = widths[at]!
    const name = `dense${at + 1}`
    return [
      [`${name}/weight`, { shape: [inputs, neurons], values: coarse(inputs * neurons, name) }],
      [`${name}/bias`, { shape: [neurons], values: coarse(neurons, `${name}/bias`) }],
    ]
  }),
)

for (const encoding of ['direct', 'poisson'] as const) {
  for (const reset of ['zero', 'subtract'] as const) {
    test(`spikes without an engine are those of the engine: ${encoding}, reset ${reset}`, t => {
      const firing = { steps, decay: 0.5, threshold: 1, reset, encoding, hidden: widths.slice(1) }
      const found = layersOf(firing, weights).of(image)
      let entering = tf.tidy(() => {
        const x = tf.tensor2d(image, [1, widths[0]])
        const at =
          encoding === 'direct' ? tf.tile(x.expandDims(1), [1, steps, 1]) : poissonSpikes(steps)(x)
        return tf.reshape(at, [steps, widths[0]]) as tf.Tensor2D
      })
      for (const [at, spikes] of found.entries()) {
        const name = `dense${at + 1}`
        const { shape, values } = weights[`${name}/weight`]!
        const current = tf.add(
          tf.matMul(entering, tf.tensor2d(values, shape as [number, number])),
          tf.tensor1d(weights[`${name}/bias`]!.values),
        )
        const expected = leakyIntegrateAndFire(tf.expandDims(current, 0), firing, 'atan')
        entering = tf.reshape(expected, [steps, shape[1]!])
        t.deepEqual([...spikes], [...expected.dataSync()])
        t.true(spikes.some(spike => spike === 1) && spikes.some(spike => spike === 0))
      }
    })
  }
}
