import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { messageOf, UsageError, WorkError } from '../errors.ts'
import { mismatch } from './checksum.ts'
import type { ImageDataset } from './dataset.ts'
import { dataFolders, findFile } from './folder.ts'
import { glyphs } from './glyphs.ts'
import { type RawFile, readIdx } from './idx.ts'
import {
  type DataFile,
  type DatasetEntry,
  entryNamed,
  type IdxEntry,
  registry,
} from './registry.ts'

/** Which data set to load and how much of it. */
export interface DatasetRequest {
  readonly name: string
  /** Number of training examples, the first of the file; all of them when absent. */
  readonly train?: number
  /** Number of test examples, the first of the file; all of them when absent. */
  readonly test?: number
  /** Seed of a generated set, 0 when absent; files do not depend on it. */
  readonly seed?: number
}

/** Where to look for files. */
export interface LoadOptions {
  /** Folder to search before `GAUNTLET_DATA` and `./data`. */
  readonly data?: string | undefined
  /** The known data sets; the registry when absent. */
  readonly entries?: readonly DatasetEntry[]
}

/**
 * Loads a data set by name, verifying every file it reads against the registry.
 *
 * The checksum of a set read from files is that of all its files one after the other, in the
 * registry's order, whatever the limits.
 *
 * @throws UsageError for an unknown name, an invalid count or a missing file
 * @throws WorkError for a file that cannot be read or is not the published one
 */
export async function loadDataset(
  request: DatasetRequest,
  options: LoadOptions = {},
): Promise<ImageDataset> {
  const entry = entryNamed(request.name, options.entries ?? registry)
  const train = limit(entry, 'train', request.train)
  const test = limit(entry, 'test', request.test)
  switch (entry.format) {
    case 'generated':
      return glyphs({ train, test, seed: request.seed ?? 0 })
    case 'idx':
      return loadIdx(entry, { train, test }, dataFolders(options.data))
  }
}

async function loadIdx(
  entry: IdxEntry,
  limits: { train: number; test: number },
  folders: readonly string[],
): Promise<ImageDataset> {
  const read = (file: DataFile) => readPublished(entry, file, folders)
  const [trainImages, trainLabels, testImages, testLabels] = entry.files
  const files = [
    await read(trainImages),
    await read(trainLabels),
    await read(testImages),
    await read(testLabels),
  ] as const
  const [height, width] = entry.shape
  const layout = { height, width, classes: entry.classes.length }
  const hash = createHash('sha256')
  for (const file of files) hash.update(file.bytes)
  return {
    kind: 'images',
    name: entry.name,
    shape: entry.shape,
    classes: entry.classes,
    bounds: [0, 1],
    licence: entry.licence,
    sha256: hash.digest('hex'),
    train: await readIdx(files[0], files[1], layout, limits.train),
    test: await readIdx(files[2], files[3], layout, limits.test),
  }
}

/** Reads a file whole and refuses it when it is not the one that was published. */
async function readPublished(
  entry: DatasetEntry,
  file: DataFile,
  folders: readonly string[],
): Promise<RawFile> {
  const path = await findFile(entry, file, folders)
  if (path === undefined) {
    throw new UsageError(
      `missing data file: ${entry.name}/${file.name} (looked in ${folders.join(', ')}); ` +
        `type "gauntlet data fetch ${entry.name}" or give --data <folder>`,
    )
  }
  const bytes = await readFile(path).catch(error => {
    throw new WorkError(`unreadable data file: ${path}: ${messageOf(error)}`)
  })
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  const fault = mismatch({ bytes: bytes.length, sha256 }, file)
  if (fault !== undefined) {
    const folder = dirname(dirname(path))
    throw new WorkError(
      `wrong data file: ${path}: ${fault}; ` +
        `type "gauntlet data fetch ${entry.name} --data ${folder}" to replace it`,
    )
  }
  return { path, bytes }
}

/** Number of examples to take: what was asked for, never more than a file holds. */
function limit(entry: DatasetEntry, split: 'train' | 'test', wanted: number | undefined): number {
  const most = entry.format === 'generated' ? Number.MAX_SAFE_INTEGER : entry[split]
  if (wanted === undefined) return entry[split]
  if (Number.isSafeInteger(wanted) && wanted >= 1 && wanted <= most) return wanted
  throw new UsageError(
    `invalid number of ${split} examples: ${wanted} (${entry.name} has 1 to ${most})`,
  )
}
