import { z } from 'zod'
import { lossNames } from '../../attacks/losses.ts'
import type { Recorded } from '../evaluation/convergence.ts'
import type { SafetensorsContent, StoredTensor } from '../training/safetensors.ts'

const partSchema = z.strictObject({
  name: z.string(),
  loss: z.enum(lossNames),
  iterations: z.array(z.int().positive()).min(1),
})

/** What an attack has shown so far, as metadata and tensors of a safetensors file. */
export function recordedTensors(recorded: readonly Recorded[]): {
  readonly metadata: { readonly recorded: string }
  readonly tensors: Readonly<Record<string, StoredTensor>>
} {
  const tensors = recorded.flatMap(({ iterations, losses, brokenAt }, at) => [
    [`recorded ${at} losses`, { shape: [brokenAt.length, iterations.length], values: losses }],
    [`recorded ${at} brokenAt`, { shape: [brokenAt.length], values: brokenAt }],
  ])
  const parts = recorded.map(({ name, loss, iterations }) => ({ name, loss, iterations }))
  return {
    metadata: { recorded: JSON.stringify(parts) },
    tensors: Object.fromEntries(tensors),
  }
}

/**
 * Reads it again; nothing where a file of an earlier version has none.
 *
 * @param values of a tensor of the file
 * @throws Error where it is damaged
 */
export function readRecorded(
  { metadata }: Pick<SafetensorsContent, 'metadata'>,
  values: (name: string) => Float32Array,
): Recorded[] {
  const parts = z.array(partSchema).parse(JSON.parse(metadata.recorded ?? '[]'))
  return parts.map((part, at) => ({
    ...part,
    losses: values(`recorded ${at} losses`),
    brokenAt: values(`recorded ${at} brokenAt`),
  }))
}
