import { statSync } from 'node:fs'
import path from 'node:path'
import { dataFolders } from '../../data/folder.ts'

/** A folder in which data sets are looked for. */
export interface DataFolder {
  readonly folder: string
  /** Whether the user named it, by an option or GAUNTLET_DATA. */
  readonly named: boolean
  readonly exists: boolean
}

/** The folders that data sets are looked for in, in that order, and which of them are there. */
export function describeDataFolders(given: string | undefined): DataFolder[] {
  return dataFolders(given).map(folder => ({
    folder: path.resolve(folder),
    named: folder === given || folder === process.env.GAUNTLET_DATA,
    exists: statSync(folder, { throwIfNoEntry: false })?.isDirectory() ?? false,
  }))
}
