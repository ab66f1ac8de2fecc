import { graphAttention } from '../../src/engine/graph-attention.ts'
import { normalisedAdjacency, type SparsePattern, sparseMatMul } from '../../src/engine/sparse.ts'
import { leakyIntegrateAndFire } from '../../src/engine/spiking.ts'
import { tf } from '../../src/engine/tf.ts'
import { stream } from '../../src/random/stream.ts'
import { gradient, median, normal, type Times } from './timing.ts'

/** Each operation of our own, and what does the same without it. */
export const pairs: readonly (readonly [own: string, other: string])[] = [
  ['sparse product, width 16', 'as a full matrix'],
  ['sparse product, width 16', 'as gather and segment sum'],
  ['sparse product, width 16, gradient', 'as a full matrix, gradient'],
  ['sparse product, width 16, gradient', 'as gather and segment sum, gradient'],
  ['sparse product, 8 copies, gradient', 'as gather and segment sum, 8 copies, gradient'],
  ['graph attention, 8 heads of 8, gradient', 'as gather and segment sums, gradient'],
  ['integrate and fire', 'as operations on steps'],
  ['integrate and fire, gradient', 'as operations on steps, gradient'],
]

/** A random graph of Cora's size. */
function coraSized(): ReturnType<typeof normalisedAdjacency> {
  const [nodes, edges] = [2708, 5278]
  const random = stream(1, 'benchmark', 'graph').uniforms(new Float32Array(4 * edges))
  const chosen = new Map<number, readonly [number, number]>()
  for (let i = 0; chosen.size < edges; i += 2) {
    const ends = [random[i]!, random[i + 1]!].map(x => Math.floor(x * nodes)).sort((a, b) => a - b)
    const [u, v] = ends as [number, number]
    if (u !== v) chosen.set(u * nodes + v, [u, v])
  }
  return normalisedAdjacency(nodes, Int32Array.from([...chosen.values()].flat()))
}

/** The row and the column of every entry, and the matrix with its zeros. */
function writtenOut({ rows, columns, indptr, indices }: SparsePattern, values: Float32Array) {
  const rowOf = new Int32Array(indices.length)
  const full = new Float32Array(rows * columns)
  for (let row = 0; row < rows; row++) {
    for (let at = indptr[row]!; at < indptr[row + 1]!; at++) {
      rowOf[at] = row
      full[row * columns + indices[at]!] = values[at]!
    }
  }
  return {
    rowOf: tf.tensor1d(rowOf, 'int32'),
    columnOf: tf.tensor1d(indices, 'int32'),
    full: tf.tensor2d(full, [rows, columns]),
  }
}

/** Neighbours' sums and attention on a graph of Cora's size. */
export function measureSparse(): Times {
  const { pattern, values } = coraSized()
  const nodes = pattern.rows
  const { rowOf, columnOf, full } = writtenOut(pattern, values)
  const weights = tf.tensor1d(values)
  const x = normal([nodes, 16], 1)
  // Nodes come first, as a segment sum needs them.
  const wide = normal([nodes, 8 * 16], 2)
  const copies = normal([8, nodes, 16], 2)
  const sparse = (d: tf.Tensor) => sparseMatMul(pattern, weights, d)
  const dense = (d: tf.Tensor) => tf.matMul(full, d as tf.Tensor2D)
  const column = tf.expandDims(weights, 1)
  const segments = (messages: tf.Tensor) => tf.unsortedSegmentSum(messages, rowOf, nodes)
  const gathered = (d: tf.Tensor) => segments(tf.mul(column, tf.gather(d, columnOf)))
  const scores = normal([1, nodes, 8], 3)
  const heads = normal([1, nodes, 8, 8], 4)
  const attention = (v: tf.Tensor) => graphAttention(pattern, scores, tf.mean(v, 3), v)
  const attentionGathered = (v: tf.Tensor) => {
    const flat = tf.reshape(v, [nodes, 8, 8])
    const own = tf.gather(tf.reshape(scores, [nodes, 8]), rowOf)
    const score = tf.leakyRelu(tf.add(own, tf.gather(tf.mean(flat, 2), columnOf)), 0.2)
    const powers = tf.exp(score)
    const shares = tf.div(powers, tf.gather(segments(powers), rowOf))
    return segments(tf.mul(tf.expandDims(shares, 2), tf.gather(flat, columnOf)))
  }
  return {
    'sparse product, width 16': median(() => sparse(x)),
    'as a full matrix': median(() => dense(x)),
    'as gather and segment sum': median(() => gathered(x)),
    'sparse product, width 16, gradient': gradient(sparse, x),
    'as a full matrix, gradient': gradient(dense, x),
    'as gather and segment sum, gradient': gradient(gathered, x),
    'sparse product, 8 copies, gradient': gradient(sparse, copies),
    'as gather and segment sum, 8 copies, gradient': gradient(gathered, wide),
    'graph attention, 8 heads of 8, gradient': gradient(attention, heads),
    'as gather and segment sums, gradient': gradient(attentionGathered, heads),
  }
}

/** The spike of `leakyIntegrateAndFire` with its surrogate `atan`. */
const spike = tf.customGrad((given, save) => {
  const x = given as tf.Tensor
  ;(save as tf.GradSaveFunc)([x])
  return {
    value: tf.cast(tf.greaterEqual(x, 0), 'float32'),
    gradFunc: (dy: tf.Tensor, [saved]: tf.Tensor[]) =>
      tf.div(dy, tf.add(1, tf.square(tf.mul(Math.PI, saved!)))),
  }
}) as (x: tf.Tensor) => tf.Tensor

/** Ten steps of 128 images' spiking features. */
export function measureSpiking(): Times {
  const current = normal([128, 10, 14, 14, 8], 5)
  const fused = (x: tf.Tensor) =>
    leakyIntegrateAndFire(x, { decay: 0.9, threshold: 1, reset: 'zero' }, 'atan')
  const steps = (x: tf.Tensor) => {
    const [first, ...rest] = tf.unstack(x, 1)
    let membrane = first!
    const spikes = [spike(tf.sub(membrane, 1))]
    for (const input of rest) {
      const left = tf.mul(tf.mul(0.9, membrane), tf.sub(1, spikes.at(-1)!))
      membrane = tf.add(left, input)
      spikes.push(spike(tf.sub(membrane, 1)))
    }
    return tf.stack(spikes, 1)
  }
  return {
    'integrate and fire': median(() => fused(current)),
    'as operations on steps': median(() => steps(current)),
    'integrate and fire, gradient': gradient(fused, current),
    'as operations on steps, gradient': gradient(steps, current),
  }
}
