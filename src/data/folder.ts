import { access } from 'node:fs/promises'
import { join } from 'node:path'
import type { DataFile, DatasetEntry } from './registry.ts'

/**
 * The folders that may hold data sets, in the order they are searched: the one given on the command
 * line, the one in `GAUNTLET_DATA`, `./data`. A set lies in a folder of its name:
 * `<folder>/mnist/train-images-idx3-ubyte.gz`.
 */
export function dataFolders(given?: string, environment = process.env): readonly string[] {
  const folders = [given, environment.GAUNTLET_DATA, 'data']
  return [...new Set(folders.flatMap(folder => (folder ? [folder] : [])))]
}

/** The first folder's copy of this file; undefined when none has it. */
export async function findFile(
  entry: DatasetEntry,
  file: DataFile,
  folders: readonly string[],
): Promise<string | undefined> {
  for (const folder of folders) {
    const path = join(folder, entry.name, file.name)
    if (await exists(path)) return path
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
