import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { messageOf, UsageError, WorkError } from '../errors.ts'
import { mismatch } from './checksum.ts'
import type { DataFile, DatasetEntry } from './entry.ts'
import { findFile } from './folder.ts'
import type { RawFile } from './raw-file.ts'

/** Reads one of the set's published files. */
export type ReadPublished = (file: DataFile) => Promise<RawFile>

/**
 * Reads a file whole and refuses it when it is not the one that was published.
 *
 * @param folders data folders, in the order to search
 * @throws UsageError when none of the folders has it
 * @throws WorkError when it cannot be read or has another checksum
 */
export async function readPublished(
  entry: DatasetEntry,
  file: DataFile,
  folders: readonly string[],
): Promise<RawFile> {
  const found = await findFile(entry, file, folders)
  if (found === undefined) {
    const fetch = file.urls.length > 0 ? `type "gauntlet data fetch ${entry.name}" or ` : ''
    throw new UsageError(
      `missing data file: ${entry.folder ?? entry.name}/${file.name} ` +
        `(looked in ${folders.join(', ')}); ${fetch}give --data <folder>`,
    )
  }
  const { folder, path } = found
  const bytes = await readWhole(path)
  const fault = mismatch({ bytes: bytes.length, sha256: sha256Of([bytes]) }, file)
  if (fault !== undefined) {
    throw new WorkError(
      `wrong data file: ${path}: ${fault}; ` +
        `type "gauntlet data fetch ${entry.name} --data ${folder}" to replace it`,
    )
  }
  return { path, bytes }
}

/**
 * The bytes of a file.
 *
 * @throws WorkError when it cannot be read
 */
export function readWhole(path: string): Promise<Uint8Array> {
  return readFile(path).catch(error => {
    throw new WorkError(`unreadable data file: ${path}: ${messageOf(error)}`)
  })
}

/** SHA-256 (hex) of contents one after the other. */
export function sha256Of(contents: readonly Uint8Array[]): string {
  const hash = createHash('sha256')
  for (const content of contents) hash.update(content)
  return hash.digest('hex')
}
