import { UsageError } from '../errors.ts'
import type { Dataset, ImageDataset } from './dataset.ts'
import type { DatasetEntry } from './entry.ts'
import { dataFolders } from './folder.ts'
import { loadGraphEntry } from './graph/load-graph.ts'
import { loadImageEntry } from './load-images.ts'
import { entryNamed, registry } from './registry.ts'
import type { EncodingOptions } from './text/encode.ts'
import { loadTextEntry } from './text/load-text.ts'

/** Which data set to load and how much of it. */
export interface DatasetRequest {
  readonly name: string
  /** Number of training examples, the first of the file; all of them when absent. */
  readonly train?: number
  /** Number of test examples, the first of the file; all of them when absent. */
  readonly test?: number
  /** Seed of a generated set or of a drawn split, 0 when absent; published splits do not depend on it. */
  readonly seed?: number
  /**
   * How texts in files become numbers, where it is not to be as the registry says; of generated
   * sequences the length alone, where it can be chosen.
   */
  readonly encoding?: Partial<EncodingOptions>
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
 * registry's order, whatever the limits; of texts with an encoding of their own, that of it too.
 *
 * @throws UsageError for an unknown name, an invalid count or encoding, or a missing file
 * @throws WorkError for a file that cannot be read or is not the published one
 */
export async function loadDataset(
  request: DatasetRequest,
  options: LoadOptions = {},
): Promise<Dataset> {
  const entry = entryNamed(request.name, options.entries ?? registry)
  const folders = dataFolders(options.data)
  switch (entry.kind) {
    case 'images':
      refuseEncoding(request)
      return loadImageEntry(entry, request, folders)
    case 'sequences':
      return loadTextEntry(entry, request, folders)
    case 'graph':
      refuseEncoding(request)
      return loadGraphEntry(entry, request, folders)
  }
}

/**
 * Loads a set of images by name, for those who can use nothing else.
 *
 * @throws UsageError for a set of another kind, before anything is read; else as `loadDataset`
 */
export async function loadImages(
  request: DatasetRequest,
  options: LoadOptions = {},
): Promise<ImageDataset> {
  const entry = entryNamed(request.name, options.entries ?? registry)
  if (entry.kind === 'images') {
    refuseEncoding(request)
    return loadImageEntry(entry, request, dataFolders(options.data))
  }
  const content = entry.kind === 'graph' ? 'a graph' : 'texts'
  throw new UsageError(`invalid data set: ${entry.name} is ${content}, images are needed here`)
}

function refuseEncoding({ name, encoding }: DatasetRequest): void {
  if (encoding !== undefined) throw new UsageError(`invalid encoding: ${name} is no set of texts`)
}
