import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ExecutionContext } from 'ava'
import type { DataFile, IdxEntry } from '../../src/data/entry.ts'
import { imageFile, labelFile } from './idx-files.ts'

/** A small set in the MNIST format: 4 training and 2 test images of 2 x 3 pixels in three classes. */
export const tinyContents = {
  'train-images-idx3-ubyte.gz': imageFile(4, 2, 3),
  'train-labels-idx1-ubyte.gz': labelFile([2, 0, 1, 2]),
  't10k-images-idx3-ubyte.gz': imageFile(2, 2, 3),
  't10k-labels-idx1-ubyte.gz': labelFile([1, 0]),
} as const

/** A file of the tiny set. */
export type TinyName = keyof typeof tinyContents

/** The registry's entry for this content, to be had from the addresses that `urls` gives. */
export function publishedFile(
  name: string,
  content: Uint8Array,
  urls: readonly string[] = [],
): DataFile {
  const sha256 = createHash('sha256').update(content).digest('hex')
  return { name, bytes: content.length, sha256, urls }
}

/** The tiny set's entry; `base` is where its files can be downloaded. */
export function tinyEntry(base = 'http://127.0.0.1:9/'): IdxEntry {
  const file = (name: TinyName) => publishedFile(name, tinyContents[name], [base + name])
  return {
    name: 'tiny',
    kind: 'images',
    format: 'idx',
    classes: ['a', 'b', 'c'],
    licence: 'none',
    shape: [2, 3, 1],
    train: 4,
    test: 2,
    files: [
      file('train-images-idx3-ubyte.gz'),
      file('train-labels-idx1-ubyte.gz'),
      file('t10k-images-idx3-ubyte.gz'),
      file('t10k-labels-idx1-ubyte.gz'),
    ],
  }
}

/** An empty folder that is removed when the test ends. */
export async function temporaryFolder(t: ExecutionContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'gauntlet-data-'))
  t.teardown(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/** A data folder with the tiny set in it; `changes` replaces files, undefined leaves one out. */
export async function tinyFolder(
  t: ExecutionContext,
  changes: Partial<Record<TinyName, Uint8Array | undefined>> = {},
): Promise<string> {
  const folder = await temporaryFolder(t)
  await mkdir(join(folder, 'tiny'))
  for (const [name, content] of Object.entries({ ...tinyContents, ...changes })) {
    if (content) await writeFile(join(folder, 'tiny', name), content)
  }
  return folder
}
