import type { Site } from '../../models/network.ts'
import type { tf } from '../engine/tf.ts'

/** A site's gradients, one after the other. */
export function flatten(gradients: Readonly<Record<string, tf.Tensor>>, site: Site): Float32Array {
  const parts = site.parameters.map(name => gradients[name]!.dataSync() as Float32Array)
  const all = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}
