import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { type Architecture, architectureSchema, buildNetwork } from '../../models/architecture.ts'
import type { NetworkInput } from '../../models/input.ts'
import type { Network, Parameters } from '../../models/network.ts'
import { tf } from '../engine/tf.ts'
import { messageOf, WorkError } from '../errors.ts'
import { decodeSafetensors, encodeSafetensors, type StoredTensor } from './safetensors.ts'
import { writeAtomically } from './write-atomically.ts'

/** What a checkpoint says about itself besides the weights. */
export interface CheckpointInfo {
  readonly architecture: Architecture
  /** Where the weights come from: the training job's configuration, engine, versions. */
  readonly provenance: Readonly<Record<string, unknown>>
}

export interface Checkpoint extends CheckpointInfo {
  readonly network: Network
  /** Belong to the caller. */
  readonly parameters: Parameters
}

export interface CheckpointHashes {
  /** SHA-256 of the file. */
  readonly file: string
  /** See `weightsHash`. */
  readonly weights: string
}

/** Writes weights with their architecture and provenance, atomically. */
export async function saveCheckpoint(
  file: string,
  parameters: Parameters,
  info: CheckpointInfo,
): Promise<CheckpointHashes> {
  const tensors = storedTensors(parameters)
  const bytes = encodeSafetensors({
    metadata: {
      format: 'gauntlet-checkpoint-1',
      architecture: JSON.stringify(info.architecture),
      provenance: JSON.stringify(info.provenance),
    },
    tensors,
  })
  await writeAtomically(file, bytes)
  return { file: sha256(bytes), weights: hashOf(tensors) }
}

/**
 * Reads a checkpoint and builds its network for this input.
 *
 * @throws WorkError if the file is missing, damaged, not a checkpoint or made for another input
 */
export async function loadCheckpoint(file: string, input: NetworkInput): Promise<Checkpoint> {
  const { tensors, ...info } = await readCheckpoint(file)
  const network = buildNetwork(info.architecture, input)
  return { ...info, network, parameters: parametersOf(network, tensors, file) }
}

/**
 * Reads a checkpoint without building anything.
 *
 * @throws WorkError if the file is missing, damaged or not a checkpoint
 */
export async function readCheckpoint(
  file: string,
): Promise<CheckpointInfo & { readonly tensors: Readonly<Record<string, StoredTensor>> }> {
  const bytes = await readFile(file).catch(error => {
    throw new WorkError(`cannot read checkpoint: ${file}: ${messageOf(error)}`)
  })
  const { metadata, tensors } = decodeSafetensors(bytes, file)
  return { ...readInfo(metadata, file), tensors }
}

/**
 * The parameters of a network out of stored tensors; they belong to the caller.
 *
 * @param file name for error messages
 * @throws WorkError if one is missing or has another shape
 */
export function parametersOf(
  network: Network,
  tensors: Readonly<Record<string, StoredTensor>>,
  file: string,
): Parameters {
  const stored = network.parameters.map(({ name, shape }) => {
    const tensor = tensors[name]
    if (tensor?.shape.join() === shape.join()) return [name, tensor] as const
    const found = tensor ? `has shape [${tensor.shape}]` : 'is missing'
    throw new WorkError(`invalid checkpoint: ${file}: tensor ${name} [${shape}] ${found}`)
  })
  return Object.fromEntries(
    stored.map(([name, { values, shape }]) => [
      name,
      tf.tensor(Float32Array.from(values), [...shape]),
    ]),
  )
}

function readInfo(metadata: Readonly<Record<string, string>>, file: string): CheckpointInfo {
  try {
    return {
      architecture: architectureSchema.parse(JSON.parse(metadata.architecture!)),
      provenance: JSON.parse(metadata.provenance!),
    }
  } catch {
    throw new WorkError(`invalid checkpoint: ${file}: its metadata does not describe a network`)
  }
}

/** SHA-256 over names, shapes and values of weights: equal weights, equal hash. */
export function weightsHash(parameters: Parameters): string {
  return hashOf(storedTensors(parameters))
}

function storedTensors(parameters: Parameters): Record<string, StoredTensor> {
  return Object.fromEntries(
    Object.entries(parameters).map(([name, tensor]) => [
      name,
      { shape: tensor.shape, values: tensor.dataSync() as Float32Array },
    ]),
  )
}

function hashOf(tensors: Readonly<Record<string, StoredTensor>>): string {
  const hash = createHash('sha256')
  for (const name of Object.keys(tensors).sort()) {
    const { shape, values } = tensors[name]!
    hash.update(JSON.stringify([name, shape]))
    hash.update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength))
  }
  return hash.digest('hex')
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
