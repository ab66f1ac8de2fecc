import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { crossEntropy } from '../../attacks/losses.ts'
import { tf } from '../../src/engine/tf.ts'
import type { OwnModel } from '../../src/own-models/own-model.ts'
import { loadTfjsModel } from '../../src/own-models/tfjs-model.ts'
import { newFolder } from '../folder.ts'
import { useEngine } from '../with-engine.ts'

useEngine()

const asked = { inputShape: [2], classes: 3 }
const weight = [0.5, -1, 2, 0.25, 3, -0.75]
const bias = [0.1, -0.2, 0.3]

/** `x · weight + bias` by hand. */
const expected = ([a = 0, b = 0]: readonly number[]) =>
  bias.map((value, k) => a * weight[k]! + b * weight[3 + k]! + value)

async function folder(t: ExecutionContext): Promise<string> {
  const path = await newFolder('own')
  t.teardown(() => rm(path, { recursive: true }))
  return path
}

async function write(path: string, json: object): Promise<string> {
  const file = join(path, 'model.json')
  const weights = Float32Array.from([...weight, ...bias])
  // Two files, as the converter splits large models.
  await writeFile(join(path, 'part1.bin'), Buffer.from(weights.buffer, 0, 20))
  await writeFile(join(path, 'part2.bin'), Buffer.from(weights.buffer, 20))
  const weightsManifest = [
    {
      paths: ['part1.bin', 'part2.bin'],
      weights: [
        { name: 'dense/kernel', shape: [2, 3], dtype: 'float32' },
        { name: 'dense/bias', shape: [3], dtype: 'float32' },
      ],
    },
  ]
  await writeFile(file, JSON.stringify({ ...json, weightsManifest }))
  return file
}

const layers = (activation: string) => ({
  format: 'layers-model',
  modelTopology: {
    keras_version: '2.15.0',
    backend: 'tensorflow',
    model_config: {
      class_name: 'Sequential',
      config: {
        name: 'net',
        layers: [
          {
            class_name: 'Dense',
            config: { name: 'dense', units: 3, activation, batch_input_shape: [null, 2] },
          },
        ],
      },
    },
  },
})

const graphNodes = (end: 'scores' | 'softmax') => ({
  format: 'graph-model',
  modelTopology: {
    versions: { producer: 1645 },
    node: [
      { name: 'x', op: 'Placeholder', attr: { dtype: { type: 'DT_FLOAT' } } },
      { name: 'dense/kernel', op: 'Const', attr: { dtype: { type: 'DT_FLOAT' } } },
      { name: 'dense/bias', op: 'Const', attr: { dtype: { type: 'DT_FLOAT' } } },
      { name: 'product', op: 'MatMul', input: ['x', 'dense/kernel'] },
      { name: 'scores', op: 'BiasAdd', input: ['product', 'dense/bias'] },
      ...(end === 'softmax' ? [{ name: 'softmax', op: 'Softmax', input: ['scores'] }] : []),
      { name: 'Identity', op: 'Identity', input: [end] },
    ],
  },
})

function checkLinear(t: ExecutionContext, model: OwnModel): void {
  const rows = [
    [0.2, 0.9],
    [1, -3],
  ]
  const x = tf.tensor2d(rows)
  const labels = tf.tensor1d([1, 2], 'int32')
  const { logits, losses, gradient } = model.victim.lossGradient!(x, crossEntropy(labels))
  const scores = logits.arraySync()
  rows.forEach((row, n) => {
    const wanted = expected(row)
    wanted.forEach((value, k) => {
      t.true(Math.abs(scores[n]![k]! - value) < 1e-5)
    })
    const exps = wanted.map(Math.exp)
    const total = exps.reduce((sum, value) => sum + value, 0)
    const label = n + 1
    t.true(Math.abs(losses.arraySync()[n]! + Math.log(exps[label]! / total)) < 1e-5)
    const slopes = exps.map((value, k) => value / total - (k === label ? 1 : 0))
    const found = (gradient.arraySync() as number[][])[n]!
    for (const i of [0, 1]) {
      const byHand = slopes.reduce((sum, slope, k) => sum + slope * weight[3 * i + k]!, 0)
      t.true(Math.abs(found[i]! - byHand) < 1e-5, `${found[i]} instead of ${byHand}`)
    }
  })
  t.is(model.parameters, 9)
  tf.dispose([x, labels, logits, losses, gradient])
}

for (const activation of ['linear', 'softmax']) {
  test.serial(`a LayersModel ending in ${activation} gives logits and gradients`, async t => {
    const before = tf.memory().numTensors
    const model = await loadTfjsModel(await write(await folder(t), layers(activation)), asked)
    checkLinear(t, model)
    t.is(model.remarks.length, activation === 'softmax' ? 1 : 0)
    model.dispose()
    t.is(tf.memory().numTensors, before)
  })
}

for (const [name, input] of [
  ['its logits', 'scores'],
  ['a softmax', 'softmax'],
] as const) {
  test.serial(`a GraphModel ending in ${name} gives logits and gradients`, async t => {
    const before = tf.memory().numTensors
    const file = await write(await folder(t), graphNodes(input))
    const model = await loadTfjsModel(file, asked)
    checkLinear(t, model)
    t.is(model.remarks.length, input === 'softmax' ? 1 : 0)
    model.dispose()
    t.is(tf.memory().numTensors, before)
  })
}

test.serial('what is no such model is refused in one line', async t => {
  const path = await folder(t)
  const file = await write(path, layers('linear'))
  await t.throwsAsync(loadTfjsModel(file, { inputShape: [2], classes: 10 }), {
    message: /model\.json: its output has shape \[3\], expected \[10\]/,
  })
  await t.throwsAsync(loadTfjsModel(file, { inputShape: [5], classes: 3 }), {
    message: /^invalid model: .*model\.json/,
  })
  await rm(join(path, 'part2.bin'))
  await t.throwsAsync(loadTfjsModel(file, asked), { message: /^cannot read model: .*part2\.bin/ })
  await writeFile(file, '{')
  await t.throwsAsync(loadTfjsModel(file, asked), { message: /^cannot read model/ })
})
