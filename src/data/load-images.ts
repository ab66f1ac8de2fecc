import { UsageError } from '../errors.ts'
import { cifarRecords, cifarShape, readCifar } from './cifar.ts'
import { cifarBatches, findCifarFolder } from './cifar-folder.ts'
import type { ImageDataset, ImageSplit } from './dataset.ts'
import type { CifarEntry, IdxEntry, ImageEntry, UnofficialCifarEntry } from './entry.ts'
import { readIdx } from './idx.ts'
import { type Counts, exampleCounts } from './limits.ts'
import { readPublished, readWhole, sha256Of } from './published.ts'
import { inflate, type RawFile } from './raw-file.ts'
import { tarMember } from './tar.ts'

/** Loads the image set of this entry; see `loadDataset`. */
export async function loadImageEntry(
  entry: ImageEntry,
  request: Partial<Counts> & { readonly seed?: number },
  folders: readonly string[],
): Promise<ImageDataset> {
  const counts = exampleCounts(entry, request)
  switch (entry.format) {
    case 'generated':
      return entry.generate({ ...counts, seed: request.seed ?? 0 })
    case 'idx':
      return loadIdx(entry, counts, folders)
    case 'cifar-archive':
      return loadCifarArchive(entry, counts, folders)
    case 'cifar-records':
      return loadCifarRecords(entry, request, folders)
  }
}

async function loadIdx(
  entry: IdxEntry,
  counts: Counts,
  folders: readonly string[],
): Promise<ImageDataset> {
  const [trainImages, trainLabels, testImages, testLabels] = entry.files
  const files = [
    await readPublished(entry, trainImages, folders),
    await readPublished(entry, trainLabels, folders),
    await readPublished(entry, testImages, folders),
    await readPublished(entry, testLabels, folders),
  ] as const
  const [height, width] = entry.shape
  const layout = { height, width, classes: entry.classes.length }
  return {
    ...described(entry, files, 'published files'),
    shape: entry.shape,
    train: await readIdx(files[0], files[1], layout, counts.train),
    test: await readIdx(files[2], files[3], layout, counts.test),
  }
}

async function loadCifarArchive(
  entry: CifarEntry,
  counts: Counts,
  folders: readonly string[],
): Promise<ImageDataset> {
  const file = await readPublished(entry, entry.files[0], folders)
  const archive = { path: file.path, bytes: await inflate(file) }
  const read = (split: 'train' | 'test'): ImageSplit => {
    const members = cifarBatches[split].map(name =>
      tarMember(archive, `cifar-10-batches-bin/${name}`),
    )
    return readCifar(members, counts[split])
  }
  return {
    ...described(entry, [file], 'published files'),
    shape: cifarShape,
    train: read('train'),
    test: read('test'),
  }
}

/** Whatever batches one folder has; their unpacked bytes make the checksum. */
async function loadCifarRecords(
  entry: UnofficialCifarEntry,
  request: Partial<Counts>,
  folders: readonly string[],
): Promise<ImageDataset> {
  const found = await findCifarFolder(entry, folders)
  if (found === undefined) {
    throw new UsageError(
      `missing data files: ${entry.folder ?? entry.name}/data_batch_1.bin and test_batch.bin, ` +
        `gzipped or not (looked in ${folders.join(', ')}); give --data <folder>`,
    )
  }
  const files = { train: await readBatches(found.train), test: await readBatches(found.test) }
  const available = { train: cifarRecords(files.train), test: cifarRecords(files.test) }
  const counts = exampleCounts({ ...entry, ...available }, request)
  return {
    ...described(entry, [...files.train, ...files.test], 'files without a published checksum'),
    shape: cifarShape,
    train: readCifar(files.train, counts.train),
    test: readCifar(files.test, counts.test),
  }
}

async function readBatches(paths: readonly string[]): Promise<RawFile[]> {
  const files: RawFile[] = []
  for (const path of paths) {
    const bytes = await readWhole(path)
    files.push({ path, bytes: path.endsWith('.gz') ? await inflate({ path, bytes }) : bytes })
  }
  return files
}

function described(entry: ImageEntry, files: readonly RawFile[], provenance: string) {
  const { name, classes, licence } = entry
  const sha256 = sha256Of(files.map(file => file.bytes))
  return { kind: 'images', name, classes, licence, bounds: [0, 1], sha256, provenance } as const
}
