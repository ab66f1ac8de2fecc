import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import test from 'ava'
import { architectureSchema } from '../../models/architecture.ts'
import { poissonSpikes } from '../../models/spike-encoding.ts'
import { convolutionalLayers, denseLayers, readSpikes } from '../../server/gallery/spikes.ts'
import { leakyIntegrateAndFire } from '../../src/engine/spiking.ts'
import { tf } from '../../src/engine/tf.ts'
import { stream } from '../../src/random/stream.ts'
import { encodeSafetensors } from '../../src/training/safetensors.ts'
import { newFolder } from '../folder.ts'
import { useEngine } from '../with-engine.ts'

useEngine()

const steps = 12

/** Multiples of 1/256 so that sums are exact in whatever order they are made. */
function coarse(length: number, name: string): Float32Array {
  const normals = stream(3, 'test', name).normals(new Float32Array(length))
  return normals.map(value => Math.round(value * 128) / 256)
}

function coarseImage(size: number): Float32Array {
  const image = stream(3, 'test', 'image').uniforms(new Float32Array(size))
  return image.map(value => Math.round(value * 256) / 256)
}

/** Weight and bias of a map as they are stored. */
function mapOf(name: string, shape: readonly number[]) {
  const neurons = shape.at(-1)!
  return {
    [`${name}/weight`]: {
      shape: [...shape],
      values: coarse(tf.util.sizeFromShape([...shape]), name),
    },
    [`${name}/bias`]: { shape: [neurons], values: coarse(neurons, `${name}/bias`) },
  }
}

type Tensors = ReturnType<typeof mapOf>

const tensor = (tensors: Tensors, name: string) =>
  tf.tensor(tensors[name]!.values, tensors[name]!.shape)

/** What enters the first layer at every step, `[steps, ...shape]`. */
function entering(image: Float32Array, shape: readonly number[], encoding: 'direct' | 'poisson') {
  const x = tf.tensor(image, [1, ...shape])
  const all =
    encoding === 'direct'
      ? tf.tile(x.expandDims(1), [1, steps, ...shape.map(() => 1)])
      : poissonSpikes(steps)(x)
  return tf.squeeze(all, [0])
}

for (const encoding of ['direct', 'poisson'] as const) {
  for (const reset of ['zero', 'subtract'] as const) {
    const firing = { steps, decay: 0.5, threshold: 1, reset, encoding }
    const spikesOf = (current: tf.Tensor) =>
      tf.squeeze(leakyIntegrateAndFire(tf.expandDims(current, 0), firing, 'atan'), [0])

    test(`spikes without an engine are those of the engine: ${encoding}, reset ${reset}`, t => {
      const widths = [20, 15, 9] as const
      const tensors = { ...mapOf('dense1', [20, 15]), ...mapOf('dense2', [15, 9]) }
      const image = coarseImage(widths[0])
      const found = denseLayers({ ...firing, hidden: widths.slice(1) }, tensors).of(image)
      let x = entering(image, [widths[0]], encoding)
      for (const [at, spikes] of found.entries()) {
        const weight = tensor(tensors, `dense${at + 1}/weight`)
        x = spikesOf(tf.add(tf.matMul(x, weight), tensor(tensors, `dense${at + 1}/bias`)))
        t.deepEqual([...spikes], [...x.dataSync()])
        t.true(spikes.some(spike => spike === 1) && spikes.some(spike => spike === 0))
      }
    })

    for (const pooling of ['average', 'max'] as const) {
      test(`so are those of convolutions: ${encoding}, reset ${reset}, ${pooling} pooling`, t => {
        const image = coarseImage(5 * 7 * 2)
        const tensors = {
          ...mapOf('conv1', [5, 5, 2, 3]),
          ...mapOf('conv2', [5, 5, 3, 4]),
          ...mapOf('dense1', [2 * 2 * 4, 6]),
        }
        const options = { ...firing, channels: [3, 4] as [number, number], hidden: 6, pooling }
        const layers = convolutionalLayers(options, [5, 7, 2], tensors)
        t.deepEqual(
          layers.layers.map(({ neurons }) => neurons),
          [5 * 7 * 3, 3 * 4 * 4, 6],
        )
        const found = layers.of(image)
        let x = entering(image, [5, 7, 2], encoding)
        for (const [at, name] of ['conv1', 'conv2'].entries()) {
          const kernel = tensor(tensors, `${name}/weight`) as tf.Tensor4D
          const current = tf.conv2d(x as tf.Tensor4D, kernel, 1, 'same')
          const spikes = spikesOf(tf.add(current, tensor(tensors, `${name}/bias`)))
          t.deepEqual([...found[at]!], [...tf.transpose(spikes, [0, 3, 1, 2]).dataSync()])
          t.true(found[at]!.some(spike => spike === 1) && found[at]!.some(spike => spike === 0))
          const pool = pooling === 'average' ? tf.avgPool : tf.maxPool
          x = pool(spikes as tf.Tensor4D, 2, 2, 'same')
        }
        const flat = tf.reshape(x, [steps, -1])
        const current = tf.matMul(flat, tensor(tensors, 'dense1/weight'))
        const spikes = spikesOf(tf.add(current, tensor(tensors, 'dense1/bias')))
        t.deepEqual([...found[2]!], [...spikes.dataSync()])
      })
    }
  }
}

test('a checkpoint is read as its architecture has it; a network without spikes has none', async t => {
  const file = join(await newFolder('spikes'), 'model.safetensors')
  const tensors = {
    ...mapOf('conv1', [5, 5, 2, 3]),
    ...mapOf('conv2', [5, 5, 3, 4]),
    ...mapOf('dense1', [2 * 2 * 4, 6]),
  }
  await writeFile(file, encodeSafetensors({ metadata: {}, tensors }))
  const read = async (architecture: object, problems: string[]) =>
    readSpikes(
      {
        architecture_config: JSON.stringify(architectureSchema.parse(architecture)),
        shape: JSON.stringify([5, 7, 2]),
      },
      file,
      problems,
    )
  const problems: string[] = []
  const found = await read({ name: 'snn-conv', channels: [3, 4], hidden: 6, steps }, problems)
  t.deepEqual(found!.layers, [
    { name: 'conv1', steps, neurons: 105 },
    { name: 'conv2', steps, neurons: 48 },
    { name: 'dense1', steps, neurons: 6 },
  ])
  t.is(await read({ name: 'lenet' }, problems), undefined)
  t.deepEqual(problems, [])
  t.is(await read({ name: 'snn', hidden: [7], steps }, problems), undefined)
  t.regex(problems[0]!, /^Without spikes: /)
})
