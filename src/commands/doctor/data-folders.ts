import { statSync } from 'node:fs'
import path from 'node:path'

/** A folder in which data sets are looked for. */
export interface DataFolder {
  readonly folder: string
  /** Who named it. */
  readonly source: '--data' | 'GAUNTLET_DATA' | 'default'
  readonly exists: boolean
}

/**
 * The folders that were named, in the order they are looked through, or ./data if none was; several
 * are separated as in PATH.
 */
export function dataFolders(option: string | undefined): DataFolder[] {
  const named = [
    { source: '--data', list: option },
    { source: 'GAUNTLET_DATA', list: process.env.GAUNTLET_DATA },
  ] as const
  const folders = named.flatMap(({ source, list }) =>
    (list ?? '')
      .split(path.delimiter)
      .filter(folder => folder !== '')
      .map(folder => describe(folder, source)),
  )
  return folders.length > 0 ? folders : [describe('data', 'default')]
}

function describe(folder: string, source: DataFolder['source']): DataFolder {
  const absolute = path.resolve(folder)
  const exists = statSync(absolute, { throwIfNoEntry: false })?.isDirectory() ?? false
  return { folder: absolute, source, exists }
}
