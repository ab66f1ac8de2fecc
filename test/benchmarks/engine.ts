/**
 * `node build/test/benchmarks/engine.js`: median times of the kernels that `src/engine/kernels` adds or
 * replaces, as the wasm backend ships them, as we run them and on engine tensorflow, and of one training
 * step of a small CNN; then the operations of our own beside the same in TensorFlow.js's, as ratios. Each
 * column is a process of its own; read the numbers as ratios.
 */
import { execFileSync } from 'node:child_process'
import { createRequire } from 'node:module'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { startEngine } from '../../src/engine/engine.ts'
import { tf } from '../../src/engine/tf.ts'
import { measureSparse, measureSpiking, pairs } from './own-operations.ts'
import { gradient, median, normal, type Times } from './timing.ts'

const columns = ['stock wasm', 'wasm', 'tensorflow'] as const
type Column = (typeof columns)[number]

/** The wasm backend as it is shipped, without any of our kernels. */
async function startStock(): Promise<void> {
  const wasm = await import('@tensorflow/tfjs-backend-wasm')
  const manifest = createRequire(import.meta.url).resolve(
    '@tensorflow/tfjs-backend-wasm/package.json',
  )
  wasm.setWasmPaths(path.join(path.dirname(manifest), 'dist', path.sep))
  await tf.setBackend('wasm')
}

/** One step of gradient descent's cost: loss and gradients of conv 16, pool, conv 32, pool, dense. */
function trainingStep(batch: number): number {
  const x = normal([batch, 28, 28, 1], 1) as tf.Tensor4D
  const labels = tf.oneHot(tf.range(0, batch, 1, 'int32').mod(10).toInt(), 10, 1, 0, 'float32')
  const weights = [
    [5, 5, 1, 16],
    [5, 5, 16, 32],
    [1568, 10],
  ].map((shape, i) => tf.mul(normal(shape, i + 2), 0.05))
  const loss = (w1: tf.Tensor, w2: tf.Tensor, w3: tf.Tensor): tf.Scalar => {
    const first = tf.relu(tf.conv2d(x, w1 as tf.Tensor4D, 1, 'same'))
    const second = tf.relu(
      tf.conv2d(tf.maxPool(first, 2, 2, 'valid'), w2 as tf.Tensor4D, 1, 'same'),
    )
    const flat = tf.reshape(tf.maxPool(second, 2, 2, 'valid'), [batch, 1568])
    const logits = tf.matMul(flat, w3 as tf.Tensor2D)
    return tf.neg(tf.mean(tf.sum(tf.mul(tf.logSoftmax(logits), labels), 1)))
  }
  const gradients = tf.grads(loss as (...weights: tf.Tensor[]) => tf.Scalar)
  return median(() => tf.addN(gradients(weights).map(g => tf.sum(g))))
}

function measure(): Times {
  const images = normal([128, 28, 28, 16], 1) as tf.Tensor4D
  const small = normal([128, 14, 14, 16], 2) as tf.Tensor4D
  const pixels = normal([128, 28, 28, 1], 3) as tf.Tensor4D
  const filter = normal([5, 5, 16, 32], 4) as tf.Tensor4D
  const firstFilter = normal([5, 5, 1, 16], 5)
  const hidden = normal([128, 1568], 6) as tf.Tensor2D
  const error = normal([128, 128], 7) as tf.Tensor2D
  const set = normal([4000, 784], 8)
  const rows = tf.range(0, 256, 1, 'int32')
  const conv = (x: tf.Tensor, w: tf.Tensor) =>
    tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, 'same')
  return {
    'matMul Aᵀ, 1568x128x128': median(() => tf.matMul(hidden, error, true)),
    'matMul Bᵀ, 128x1568x128': median(() => tf.matMul(hidden, hidden, false, true)),
    'conv2d filter gradient, 1 to 16': gradient(w => conv(pixels, w), firstFilter),
    'conv2d filter gradient, 16 to 32': gradient(w => conv(small, w), filter),
    'conv2d input gradient, 16 to 32': gradient(x => conv(x, filter), small),
    'maxPool 2 gradient': gradient(x => tf.maxPool(x as tf.Tensor4D, 2, 2, 'valid'), images),
    'avgPool 2 gradient': gradient(x => tf.avgPool(x as tf.Tensor4D, 2, 2, 'valid'), images),
    'gather 256 of 4000 images': median(() => tf.gather(set, rows)),
    'tile 128 images 8 times': median(() => tf.tile(pixels, [8, 1, 1, 1])),
    unsortedSegmentSum: median(() =>
      tf.unsortedSegmentSum(set, tf.range(0, 4000, 1, 'int32'), 4000),
    ),
    'CNN training step, batch 64': trainingStep(64),
  }
}

function inProcess(column: Column): Times | undefined {
  try {
    const args = [fileURLToPath(import.meta.url), column]
    const stdio = ['ignore', 'pipe', 'ignore'] as ['ignore', 'pipe', 'ignore']
    const times = JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8', stdio }))
    return Object.fromEntries(
      Object.entries(times).map(([k, v]) => [k, (v ?? Number.NaN) as number]),
    )
  } catch {
    return undefined
  }
}

const column = columns.find(name => name === process.argv[2])
if (column !== undefined) {
  await (column === 'stock wasm' ? startStock() : startEngine(column))
  console.log(JSON.stringify({ ...measure(), ...measureSparse(), ...measureSpiking() }))
} else {
  const [stock, wasm, tensorflow] = columns.map(inProcess)
  if (!wasm) throw new Error('engine wasm did not run')
  const show = (ms: number | undefined) => (Number.isFinite(ms) ? ms!.toFixed(2) : '-')
  console.table(
    Object.entries(wasm).map(([name, ms]) => ({
      name,
      'stock ms': show(stock?.[name]),
      'wasm ms': show(ms),
      'tensorflow ms': show(tensorflow?.[name]),
      'stock / wasm': show((stock?.[name] ?? Number.NaN) / ms),
      'wasm / tensorflow': show(ms / (tensorflow?.[name] ?? Number.NaN)),
    })),
  )
  const ratio = (times: Times | undefined, [own, other]: (typeof pairs)[number]) =>
    show((times?.[other] ?? Number.NaN) / (times?.[own] ?? Number.NaN))
  console.table(
    pairs.map(pair => ({
      ours: pair[0],
      other: pair[1],
      'other / ours, wasm': ratio(wasm, pair),
      'other / ours, tensorflow': ratio(tensorflow, pair),
    })),
  )
}
