import test from 'ava'
import { startEngine } from '../../src/engine/engine.ts'
import { gradientCases } from '../../src/engine/gradient-cases.ts'
import { spread } from '../../src/engine/gradient-check.ts'
import { withReference } from '../../src/engine/reference.ts'
import { tf } from '../../src/engine/tf.ts'

test.before(() => startEngine('wasm'))

const sizeOf = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1)
const input = (shape: readonly number[], seed: number) =>
  tf.tensor(spread(sizeOf(shape), seed), [...shape], 'float32')

/** The value of every case, and the gradients of its weighted sum. */
function valuesAndGradients({ f, shapes }: (typeof gradientCases)[number]): number[][] {
  return tf.tidy(() => {
    const inputs = shapes.map((shape, i) => input(shape, i + 1))
    const loss = (...tensors: tf.Tensor[]): tf.Scalar => {
      const y = f(...tensors)
      return tf.sum(tf.mul(y, input(y.shape, 99)))
    }
    return [f(...inputs), ...tf.grads(loss)(inputs)].map(tensor => [...tensor.dataSync()])
  })
}

/** The reference backend's own mistake, told in the kernel that repairs the wasm backend's. */
const wrongInReference = /^avgPool .* same$/

for (const gradientCase of gradientCases) {
  const { name } = gradientCase
  test.serial(`${name}: wasm and the reference backend agree, and nothing leaks`, async t => {
    const before = tf.memory()
    const results = valuesAndGradients(gradientCase)
    const after = tf.memory()
    t.is(after.numTensors, before.numTensors)
    t.is(after.numDataBuffers, before.numDataBuffers)
    const reference = await withReference(() => valuesAndGradients(gradientCase))
    const compared = wrongInReference.test(name) ? 1 : results.length
    for (let i = 0; i < compared; i++) {
      t.is(results[i]!.length, reference[i]!.length)
      for (const [j, value] of results[i]!.entries()) {
        t.true(Math.abs(value - reference[i]![j]!) < 1e-4 * (1 + Math.abs(value)))
      }
    }
  })
}

test.serial('a max pool window without a positive value passes its gradient to its maximum', t => {
  const x = tf.tensor4d([-4, -1, -3, -2], [1, 2, 2, 1])
  const gradient = tf.grad(v => tf.maxPool(v as tf.Tensor4D, 2, 2, 'valid'))(x)
  t.deepEqual([...gradient.dataSync()], [0, 1, 0, 0])
  tf.dispose([x, gradient])
})

test.serial('of equal maxima the first one of an overlapping window takes the gradient', t => {
  const x = tf.tensor4d([5, 5, 1], [1, 1, 3, 1])
  const dy = tf.tensor4d([10, 1], [1, 1, 2, 1])
  const gradient = tf.grad(v => tf.maxPool(v as tf.Tensor4D, [1, 2], 1, 'valid'))(x, dy)
  t.deepEqual([...gradient.dataSync()], [10, 1, 0])
  tf.dispose([x, dy, gradient])
})

test.serial('an average pool window at the border divides by its part inside the image', t => {
  const x = tf.tensor4d([1, 2, 3], [1, 1, 3, 1])
  // Windows of 3 around each pixel; those at the borders hold 2 pixels: 1/2 + 1/3, 1/2 + 1/3 + 1/2, …
  const gradient = tf.grad(v => tf.avgPool(v as tf.Tensor4D, [1, 3], 1, 'same'))(x)
  const expected = [5 / 6, 4 / 3, 5 / 6]
  for (const [i, value] of [...gradient.dataSync()].entries()) {
    t.true(Math.abs(value - expected[i]!) < 1e-6)
  }
  tf.dispose([x, gradient])
})

test.serial('one-hot labels of every type hold ones and zeros', t => {
  for (const dtype of ['float32', 'int32', 'bool'] as const) {
    const labels = tf.tidy(() => tf.oneHot(tf.tensor1d([1, 0, 7], 'int32'), 3, 1, 0, dtype))
    t.is(labels.dtype, dtype)
    t.deepEqual([...labels.dataSync()].map(Number), [0, 1, 0, 1, 0, 0, 0, 0, 0])
    labels.dispose()
  }
  const smooth = tf.tidy(() => tf.oneHot(tf.tensor1d([1], 'int32'), 2, 0.75, 0.25, 'float32'))
  t.deepEqual([...smooth.dataSync()], [0.25, 0.75])
  smooth.dispose()
})

test.serial('integers and truth values are computed as what they are', async t => {
  const integers = () => tf.tensor1d([-300, -1, 0, 1, 256], 'int32')
  const truths = () => tf.tensor1d([1, 0, 1, 0, 0], 'bool')
  const cases: Readonly<Record<string, () => tf.Tensor>> = {
    'float to bool': () => tf.cast(tf.tensor1d([0, 0.5, -0.25, 256, Number.NaN]), 'bool'),
    'integer to bool': () => tf.cast(integers(), 'bool'),
    'bool to float': () => tf.cast(truths(), 'float32'),
    'clip integers': () => tf.clipByValue(integers(), -2, 7),
    'slice integers with strides': () => tf.stridedSlice(integers(), [0], [5], [2]),
    'slice truth values with strides': () => tf.stridedSlice(truths(), [0], [5], [2]),
    'choose truth values': () => tf.where(truths(), tf.logicalNot(truths()), truths()),
    'reverse truth values': () => tf.reverse(truths()),
    'choose integers': () => tf.where(truths(), integers(), tf.neg(integers())),
  }
  const before = tf.memory().numTensors
  for (const [name, f] of Object.entries(cases)) {
    const run = () => {
      let result: unknown
      tf.tidy(() => {
        const y = f()
        result = [y.dtype, y.shape, [...y.dataSync()].map(Number)]
      })
      return result
    }
    t.deepEqual(run(), await withReference(run), name)
  }
  t.is(tf.memory().numTensors, before)
})

test.serial('a segment sum drops rows whose segment does not exist', t => {
  const sums = tf.tidy(() =>
    tf.unsortedSegmentSum(
      tf.tensor2d([1, 2, 3, 4, 5, 6, 7, 8], [4, 2]),
      tf.tensor1d([1, -1, 1, 3], 'int32'),
      3,
    ),
  )
  t.deepEqual([...sums.dataSync()], [0, 0, 6, 8, 0, 0])
  sums.dispose()
})

test.serial('tile repeats blocks of every length along every axis', async t => {
  for (const [shape, reps] of [
    [
      [2, 3],
      [3, 1],
    ],
    [
      [2, 3],
      [1, 2],
    ],
    [
      [2, 3],
      [2, 3],
    ],
    [
      [3, 1, 2],
      [2, 50, 3],
    ],
    [[70], [4]],
    [
      [2, 80],
      [1, 3],
    ],
    [
      [2, 3],
      [1, 1],
    ],
    [
      [2, 3],
      [0, 2],
    ],
  ] as const) {
    const run = () => tf.tidy(() => [...tf.tile(input(shape, 3), [...reps]).dataSync()])
    t.deepEqual(run(), await withReference(run), `${shape} by ${reps}`)
  }
})

test.serial('gather takes short and long rows along every axis', async t => {
  for (const [shape, indices, axis] of [
    [[4, 3], [3, 0, 0], 0],
    [[4, 100], [3, 0, 0], 0],
    [[2, 4, 70], [1, 3], 1],
    [[2, 4, 3], [2, 1], -1],
  ] as const) {
    const run = () =>
      tf.tidy(() => [
        ...tf.gather(input(shape, 3), tf.tensor1d([...indices], 'int32'), axis).dataSync(),
      ])
    t.deepEqual(run(), await withReference(run), `${shape} at ${axis}`)
  }
})

test.serial('an operation that wasm computes wrongly is refused', t => {
  const x = tf.tensor4d([-1, -2, -3, -4], [1, 2, 2, 1])
  const volume = tf.tensor5d([-1, -2, -3, -4], [1, 2, 2, 1, 1])
  const before = tf.memory().numTensors
  const refused = { message: /not registered for backend 'wasm'/ }
  t.throws(() => tf.maxPoolWithArgmax(x, 2, 2, 'valid'), refused)
  t.throws(() => tf.maxPool3d(volume, 1, 1, 'valid'), refused)
  t.is(tf.memory().numTensors, before)
  tf.dispose([x, volume])
})

test.serial('gather refuses an index outside the axis and leaks nothing', t => {
  const x = tf.tensor2d([1, 2], [2, 1])
  const indices = tf.tensor1d([0, 2], 'int32')
  const before = tf.memory().numDataBuffers
  t.throws(() => tf.gather(x, indices), { message: 'gather: index 2 is outside 0…1' })
  t.is(tf.memory().numDataBuffers, before)
  tf.dispose([x, indices])
})

test.serial('a kernel may be called by another kernel with a handle instead of a tensor', t => {
  const x = input([3, 4], 1)
  const handle = { dataId: x.dataId, shape: [3, 4], dtype: 'float32' as const }
  const kernel = tf.getKernel('BatchMatMul', 'wasm')
  const attrs = { transposeA: false, transposeB: true }
  const inputs = { a: handle, b: handle }
  const product = kernel.kernelFunc({ inputs, attrs, backend: tf.backend() }) as tf.Tensor
  t.deepEqual(product.shape, [3, 3])
  product.dispose()
  t.is([...x.dataSync()].length, 12)
  x.dispose()
})

test.serial('the wasm backend holds no data that TensorFlow.js has forgotten', t => {
  const backend = tf.backend()
  const before = backend.numDataIds()
  for (const gradientCase of gradientCases) valuesAndGradients(gradientCase)
  t.is(backend.numDataIds(), before)
})
