import test, { type ExecutionContext } from 'ava'
import { startEngine } from '../src/engine/engine.ts'
import { tf } from '../src/engine/tf.ts'
import { stream } from '../src/random/stream.ts'

/** Starts the engine that every machine has, before the tests of a file. */
export function useEngine(): void {
  test.before(async () => {
    await startEngine('wasm')
  })
}

/** Runs a test and asserts that it leaves as many tensors as it found. */
export function leavesNoTensors(
  f: (t: ExecutionContext) => void | Promise<void>,
): (t: ExecutionContext) => Promise<void> {
  return async t => {
    const before = tf.memory().numTensors
    await f(t)
    t.is(tf.memory().numTensors, before, 'tensors left behind')
  }
}

/** Normal numbers as a tensor of this shape; equal names, equal numbers. */
export function normalTensor(shape: number[], name: string): tf.Tensor {
  const size = shape.reduce((product, length) => product * length, 1)
  return tf.tensor(stream(1, 'test', name).normals(new Float32Array(size)), shape)
}

/** Uniform numbers in [0, 1) as a tensor of this shape. */
export function uniformTensor(shape: number[], name: string): tf.Tensor {
  const size = shape.reduce((product, length) => product * length, 1)
  return tf.tensor(stream(1, 'test', name).uniforms(new Float32Array(size)), shape)
}

/** Largest absolute difference between two tensors' values. */
export function distance(a: tf.Tensor, b: tf.Tensor): number {
  const [x, y] = [Array.from(a.dataSync()), b.dataSync()]
  return x.reduce((largest, value, at) => Math.max(largest, Math.abs(value - y[at]!)), 0)
}
