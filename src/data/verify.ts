import { checksumOf, mismatch } from './checksum.ts'
import type { DataFile, DatasetEntry } from './entry.ts'
import { findFile } from './folder.ts'

/** How one file of a data set compares with the registry. */
export type FileState =
  | { readonly file: DataFile; readonly state: 'ok'; readonly path: string }
  | {
      readonly file: DataFile
      readonly state: 'wrong'
      readonly path: string
      readonly fault: string
    }
  | { readonly file: DataFile; readonly state: 'missing' }

/**
 * Compares every file of a data set with its published size and SHA-256, in the registry's order;
 * of several copies the one that would be loaded.
 *
 * @throws WorkError when a file is there but cannot be read
 */
export async function verifyFiles(
  entry: DatasetEntry,
  folders: readonly string[],
): Promise<readonly FileState[]> {
  const states: FileState[] = []
  for (const file of entry.files) states.push(await verifyFile(entry, file, folders))
  return states
}

async function verifyFile(
  entry: DatasetEntry,
  file: DataFile,
  folders: readonly string[],
): Promise<FileState> {
  const found = await findFile(entry, file, folders)
  if (found === undefined) return { file, state: 'missing' }
  const { path } = found
  const fault = mismatch(await checksumOf(path), file)
  return fault === undefined ? { file, state: 'ok', path } : { file, state: 'wrong', path, fault }
}
