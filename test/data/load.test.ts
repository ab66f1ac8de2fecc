import { createHash } from 'node:crypto'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import test from 'ava'
import { dataFolders } from '../../src/data/folder.ts'
import { glyphs } from '../../src/data/glyphs.ts'
import { loadImages } from '../../src/data/load.ts'
import { UsageError, WorkError } from '../../src/errors.ts'
import { tinyContents, tinyEntry, tinyFolder } from './folders.ts'

const entries = [tinyEntry()]
const load = (data: string, limits = {}) =>
  loadImages({ name: 'tiny', ...limits }, { data, entries })

test('files become a data set whose checksum is that of the files in a row', async t => {
  const set = await load(await tinyFolder(t))
  t.deepEqual(set.shape, [2, 3, 1])
  t.deepEqual(set.classes, ['a', 'b', 'c'])
  t.deepEqual(set.train.labels, Uint8Array.of(2, 0, 1, 2))
  t.deepEqual(set.test.labels, Uint8Array.of(1, 0))
  t.is(set.test.images[11], Math.fround(11 / 255))
  const hash = createHash('sha256').update(Buffer.concat(Object.values(tinyContents)))
  t.is(set.sha256, hash.digest('hex'))
})

test('limits keep the first examples of each split', async t => {
  const set = await load(await tinyFolder(t), { train: 3, test: 1 })
  t.deepEqual(set.train.labels, Uint8Array.of(2, 0, 1))
  t.is(set.train.images.length, 18)
  t.is(set.test.count, 1)
})

test('more examples than there are is a usage error', async t => {
  const folder = await tinyFolder(t)
  for (const train of [0, -1, 1.5, 5]) {
    await t.throwsAsync(load(folder, { train }), {
      instanceOf: UsageError,
      message: `invalid number of train examples: ${train} (tiny has 1 to 4)`,
    })
  }
})

test('a missing file names itself, the folders and what to type', async t => {
  const folder = await tinyFolder(t, { 't10k-images-idx3-ubyte.gz': undefined })
  const folders = dataFolders(folder).join(', ')
  await t.throwsAsync(load(folder), {
    instanceOf: UsageError,
    message:
      `missing data file: tiny/t10k-images-idx3-ubyte.gz (looked in ${folders}); ` +
      'type "gauntlet data fetch tiny" or give --data <folder>',
  })
})

test('a file that is not the published one is refused before it is read', async t => {
  const { bytes, sha256 } = entries[0]!.files[1]
  const other = Buffer.alloc(bytes)
  const folder = await tinyFolder(t, { 'train-labels-idx1-ubyte.gz': other })
  const found = createHash('sha256').update(other).digest('hex')
  await t.throwsAsync(load(folder), {
    instanceOf: WorkError,
    message:
      `wrong data file: ${join(folder, 'tiny', 'train-labels-idx1-ubyte.gz')}: ` +
      `SHA-256 ${found.slice(0, 12)}…, expected ${sha256.slice(0, 12)}…; ` +
      `type "gauntlet data fetch tiny --data ${folder}" to replace it`,
  })
})

test('a file that cannot be read is one line', async t => {
  const folder = await tinyFolder(t)
  const path = join(folder, 'tiny', 'train-images-idx3-ubyte.gz')
  await rm(path)
  await mkdir(path)
  await t.throwsAsync(load(folder), {
    instanceOf: WorkError,
    message: `unreadable data file: ${path}: EISDIR: illegal operation on a directory, read`,
  })
})

test('an unknown name lists the known ones', async t => {
  await t.throwsAsync(loadImages({ name: 'minst' }), {
    instanceOf: UsageError,
    message: /^unknown data set: minst \(known: glyphs, mnist, fashion-mnist, .*, citations, .*\)$/,
  })
})

test('glyphs are generated from the seed in any number', async t => {
  const set = await loadImages({ name: 'glyphs', train: 30, test: 20, seed: 5 })
  t.deepEqual(set, glyphs({ train: 30, test: 20, seed: 5 }))
  t.is((await loadImages({ name: 'glyphs' })).train.count, 4000)
})

test('folders are searched in the order: given, environment, ./data', t => {
  t.deepEqual(dataFolders('given', { GAUNTLET_DATA: 'set' }), ['given', 'set', 'data'])
  t.deepEqual(dataFolders(undefined, { GAUNTLET_DATA: '' }), ['data'])
  t.deepEqual(dataFolders('data', {}), ['data'])
})
