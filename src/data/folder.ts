import { access } from 'node:fs/promises'
import { join } from 'node:path'
import type { DataFile, DatasetEntry } from './entry.ts'

/**
 * The folders that may hold data sets, in the order they are searched: the one given on the command
 * line, the one in `GAUNTLET_DATA`, `./data`. A set lies in a folder of its name, if it has no other:
 * `<folder>/mnist/train-images-idx3-ubyte.gz`.
 */
export function dataFolders(given?: string, environment = process.env): readonly string[] {
  const folders = [given, environment.GAUNTLET_DATA, 'data']
  return [...new Set(folders.flatMap(folder => (folder ? [folder] : [])))]
}

/** Where a file of a data set lies in a data folder. */
export function pathIn(folder: string, entry: DatasetEntry, file: string): string {
  return join(folder, entry.folder ?? entry.name, file)
}

/** A file that was found, and the data folder that has it. */
export interface FoundFile {
  readonly folder: string
  readonly path: string
}

/** The first folder's copy of this file; undefined when none has it. */
export async function findFile(
  entry: DatasetEntry,
  file: Pick<DataFile, 'name'>,
  folders: readonly string[],
): Promise<FoundFile | undefined> {
  for (const folder of folders) {
    const path = pathIn(folder, entry, file.name)
    if (await exists(path)) return { folder, path }
  }
  return undefined
}

/** Whether anything lies under this path that the user may look at. */
export function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
