import { readFile } from 'node:fs/promises'
import { messageOf, WorkError } from '../errors.ts'
import { decodeSafetensors } from '../training/safetensors.ts'

/** Tensors of a file, each by name. */
export interface StoredTensors {
  floats(name: string): Float32Array
  integers(name: string): Int32Array
}

/**
 * Reads the tensors of what an attack crafted; each that is asked for is checked to be there.
 *
 * @param what names the content in messages, e.g. `adversarial texts`
 * @throws WorkError if the file is missing or damaged, or lacks a tensor
 */
export async function readTensors(file: string, what: string): Promise<StoredTensors> {
  const bytes = await readFile(file).catch(error => {
    throw new WorkError(`cannot read ${what}: ${file}: ${messageOf(error)}`)
  })
  const { tensors } = decodeSafetensors(bytes, file)
  const missing = (name: string): never => {
    throw new WorkError(`invalid ${what}: ${file}: tensor ${name} is missing`)
  }
  return {
    floats(name) {
      const values = tensors[name]?.values
      return values instanceof Float32Array ? values : missing(name)
    },
    integers(name) {
      const values = tensors[name]?.values
      return values instanceof Int32Array ? values : missing(name)
    },
  }
}
