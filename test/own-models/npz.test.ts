import test from 'ava'
import { decodeNpz, encodeNpz } from '../../src/own-models/npz.ts'

const tensors = {
  'conv1/weight': { shape: [2, 1, 3], values: Float32Array.of(1, -2.5, 3e-8, 4, 5e20, -0) },
  bias: { shape: [3], values: Int32Array.of(7, -8, 9) },
  scale: { shape: [], values: Float32Array.of(0.1) },
}

test('weights written to an npz archive are read back bit by bit', t => {
  const bytes = encodeNpz(tensors)
  t.deepEqual(decodeNpz({ path: 'weights.npz', bytes }), tensors)
  t.deepEqual(encodeNpz(tensors), bytes, 'equal weights make equal files')
})

test('an archive that is cut off is refused by name', t => {
  const bytes = encodeNpz(tensors).subarray(0, -30)
  t.throws(() => decodeNpz({ path: 'weights.npz', bytes }), { message: /weights\.npz/ })
})
