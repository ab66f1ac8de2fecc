import { readFile } from 'node:fs/promises'
import { basename, isAbsolute } from 'node:path'
import { messageOf, WorkError } from '../errors.ts'

/** What of a `model.json` names the files beside it. */
interface Manifest {
  readonly weightsManifest: readonly { readonly paths: readonly string[] }[]
}

/**
 * Files that a model in TensorFlow.js' format consists of, relative to the folder of the first.
 *
 * @throws WorkError if the first cannot be read
 */
export async function tfjsFiles(file: string): Promise<readonly string[]> {
  try {
    const { weightsManifest }: Manifest = JSON.parse(await readFile(file, 'utf8'))
    const parts = weightsManifest.flatMap(({ paths }) => paths)
    const outside = parts.find(part => isAbsolute(part) || part.split(/[\\/]/).includes('..'))
    if (outside !== undefined) throw new Error(`${outside} lies outside of its folder`)
    return [basename(file), ...parts]
  } catch (error) {
    throw new WorkError(`cannot read model: ${file}: ${messageOf(error)}`)
  }
}
