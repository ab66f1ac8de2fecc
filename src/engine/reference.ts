import { referenceBackendFactory, tf } from './tf.ts'

/**
 * Runs `f` on TensorFlow.js's plain JavaScript backend and returns to the running engine: an independent
 * second implementation for tests, some hundred times slower.
 *
 * Tensors made inside are disposed of with the backend: hand numbers out, not tensors. `f` may not start
 * anything asynchronous that uses tensors.
 */
export async function withReference<T>(f: () => T): Promise<T> {
  const engine = tf.getBackend()
  tf.registerBackend('cpu', referenceBackendFactory)
  try {
    await tf.setBackend('cpu')
    let result!: T
    tf.tidy(() => {
      result = f()
    })
    return result
  } finally {
    await tf.setBackend(engine)
    tf.removeBackend('cpu')
  }
}
