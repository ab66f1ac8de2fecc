/**
 * The one place that loads TensorFlow.js: everything else writes `import { tf } from '…/engine/tf.ts'`.
 *
 * Loading it starts nothing. The backends that TensorFlow.js brings along and would choose by itself (the plain
 * JavaScript one, in browsers also webgl) are taken out of its registry here, so that an operation before
 * `startEngine` fails at once with "No backend found in registry" instead of running on one nobody asked for.
 */
import util from 'node:util'
import * as tf from '@tensorflow/tfjs'

export { tf }

// tfjs-node 4.22 calls these two, which Node 23 removed or deprecated with a warning.
Object.assign(util, {
  isNullOrUndefined: (value: unknown): boolean => value === null || value === undefined,
  isArray: Array.isArray,
})

// Silences the start-up banners and the notes about replaced kernels; it changes no arithmetic.
tf.enableProdMode()

/** Makes the plain JavaScript backend, which `withReference` alone may start. */
export const referenceBackendFactory: () => tf.KernelBackend | Promise<tf.KernelBackend> =
  tf.findBackendFactory('cpu')

for (const name of Object.keys(tf.engine().registryFactory)) tf.removeBackend(name)
