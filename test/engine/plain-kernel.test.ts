import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import test from 'ava'
import { definePlainKernel } from '../../src/engine/kernels/plain-kernel.ts'
import { tf } from '../../src/engine/tf.ts'
import { leavesNoTensors, useEngine } from '../with-engine.ts'

useEngine()

let gradientsOfB = 0
const axpy = definePlainKernel<'a' | 'b', { readonly factor: number }>('TestAxpy', {
  inputs: ['a', 'b'],
  shapeOf: ({ b }) => b.shape,
  compute(result, { a, b }, { factor }) {
    for (let i = 0; i < result.length; i++) result[i] = factor * a.values[i]! + b.values[i]!
  },
  gradient: (dy, _, { factor }) => ({
    a: () => tf.mul(dy, factor),
    b: () => {
      gradientsOfB++
      return tf.clone(dy)
    },
  }),
})

test.serial(
  'only the gradients that are asked for are computed',
  leavesNoTensors(t => {
    tf.tidy(() => {
      const [a, b] = [tf.tensor1d([1, 2]), tf.tensor1d([10, 20])]
      t.deepEqual([...axpy({ a, b }, { factor: 3 }).dataSync()], [13, 26])
      t.deepEqual(
        [
          ...tf
            .grad(x => axpy({ a: x, b }, { factor: 3 }))(a)
            .dataSync(),
        ],
        [3, 3],
      )
      t.is(gradientsOfB, 0)
      tf.grads((x, y) => axpy({ a: x!, b: y! }, { factor: 3 }))([a, b])
      t.is(gradientsOfB, 1)
    })
  }),
)

test.serial(
  'without differentiation no operand is kept',
  leavesNoTensors(t => {
    const x = tf.tensor1d([1, 2])
    const before = tf.memory()
    axpy({ a: x, b: x }, { factor: 3 }).dispose()
    t.is(tf.memory().numTensors, before.numTensors)
    t.is(tf.memory().numBytes, before.numBytes)
    x.dispose()
  }),
)

/** Values and gradients of all three operations, as numbers: on any engine, in a process of its own. */
const script = (engine: string) => `
  const source = '${new URL('../../src/engine/', import.meta.url)}'
  const { tf } = await import(source + 'tf.js')
  const { startEngine } = await import(source + 'engine.js')
  const { spread } = await import(source + 'gradient-check.js')
  const { leakyIntegrateAndFire } = await import(source + 'spiking.js')
  const { sparseMatMul, withLoops } = await import(source + 'sparse.js')
  const { graphAttention } = await import(source + 'graph-attention.js')
  await startEngine('${engine}')
  const graph = withLoops(4, Int32Array.of(0, 1, 1, 2))
  const options = { decay: 0.8, threshold: 0.7, reset: 'zero' }
  const cases = [
    [[[2, 5, 3]], x => leakyIntegrateAndFire(x, options, 'atan')],
    [[[8], [2, 4, 3]], (values, x) => sparseMatMul(graph, values, x, true)],
    [[[2, 4, 3], [2, 4, 3], [2, 4, 3, 5]], (r, s, v) => graphAttention(graph, r, s, v)],
  ]
  const before = tf.memory().numTensors
  const numbers = []
  for (const [shapes, f] of cases) {
    tf.tidy(() => {
      const inputs = shapes.map((shape, i) => tf.tensor(spread(tf.util.sizeFromShape(shape), i), shape))
      for (const y of [f(...inputs), ...tf.grads(f)(inputs)]) numbers.push(...y.dataSync())
    })
  }
  console.log(JSON.stringify([tf.memory().numTensors - before, numbers]))`

async function numbersOn(engine: string): Promise<[leaked: number, numbers: number[]]> {
  const args = ['--input-type=module', '--eval', script(engine)]
  return JSON.parse((await promisify(execFile)(process.execPath, args)).stdout)
}

test.serial('engine tensorflow, where it is built, gives the numbers of wasm', async t => {
  const [, expected] = await numbersOn('wasm')
  t.true(expected.length > 200 && expected.every(Number.isFinite))
  const result = await numbersOn('tensorflow').catch(error => String(error.stderr))
  if (typeof result === 'string') return t.regex(result, /npm run setup:tensorflow/)
  const [leaked, numbers] = result
  t.is(leaked, 0)
  t.is(numbers.length, expected.length)
  for (const [i, value] of numbers.entries()) t.true(Math.abs(value - expected[i]!) < 1e-5)
})
