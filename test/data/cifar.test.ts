import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import test from 'ava'
import { cifarClasses, readCifar } from '../../src/data/cifar.ts'
import type { CifarEntry } from '../../src/data/entry.ts'
import { loadImages } from '../../src/data/load.ts'
import { UsageError, WorkError } from '../../src/errors.ts'
import { publishedFile, temporaryFolder } from './folders.ts'

/** A record whose red, green and blue planes hold one value each, but for the first pixel's red. */
function record(label: number, [red, green, blue]: readonly [number, number, number]): Buffer {
  const planes = [red, green, blue].map(value => Buffer.alloc(1024, value))
  planes[0]![0] = 255
  return Buffer.concat([Buffer.of(label), ...planes])
}

const batch = Buffer.concat([record(3, [51, 102, 0]), record(9, [0, 0, 204])])

/** A tar archive of these members, as the official one is made. */
function tar(members: Readonly<Record<string, Buffer>>): Buffer {
  const blocks = Object.entries(members).flatMap(([name, content]) => {
    const header = Buffer.alloc(512)
    header.write(name)
    header.write(content.length.toString(8).padStart(11, '0'), 124)
    return [header, content, Buffer.alloc((512 - (content.length % 512)) % 512)]
  })
  return Buffer.concat([...blocks, Buffer.alloc(1024)])
}

test('planes become channels side by side in [0, 1]', t => {
  const { images, labels, count } = readCifar([{ path: 'a.bin', bytes: batch }], 10)
  t.is(count, 2)
  t.deepEqual(labels, Uint8Array.of(3, 9))
  t.deepEqual([...images.slice(0, 6)], [1, 0.4, 0, 0.2, 0.4, 0].map(Math.fround))
  t.deepEqual([...images.slice(-3)], [0, 0, 0.8].map(Math.fround))
})

test('a limit goes on from one batch to the next', t => {
  const file = { path: 'a.bin', bytes: batch }
  t.deepEqual(readCifar([file, file], 3).labels, Uint8Array.of(3, 9, 3))
})

test('part of a record and a strange label are one line each', t => {
  const read = (bytes: Uint8Array) => () => readCifar([{ path: 'a.bin', bytes }], 1)
  t.throws(read(batch.subarray(1)), {
    instanceOf: WorkError,
    message: 'invalid data file: a.bin: 6145 bytes unpacked, expected one or more records of 3073',
  })
  t.throws(read(Buffer.concat([batch, record(10, [0, 0, 0])])), {
    message: 'invalid data file: a.bin: record 2: label 10, expected 0 to 9',
  })
})

const names = [1, 2, 3, 4, 5].map(i => `data_batch_${i}.bin`).concat('test_batch.bin')

function archive(members: readonly string[]): CifarEntry & { readonly content: Buffer } {
  const path = (name: string) => `cifar-10-batches-bin/${name}`
  const content = gzipSync(tar(Object.fromEntries(members.map(name => [path(name), batch]))))
  return {
    name: 'tiny-cifar',
    kind: 'images',
    format: 'cifar-archive',
    classes: cifarClasses,
    licence: 'none',
    train: 10,
    test: 2,
    files: [publishedFile('tiny.tar.gz', content)],
    content,
  }
}

test('the official archive is read as it was downloaded', async t => {
  const entry = archive(names)
  const data = await temporaryFolder(t)
  await mkdir(join(data, 'tiny-cifar'))
  await writeFile(join(data, 'tiny-cifar', 'tiny.tar.gz'), entry.content)
  const set = await loadImages({ name: 'tiny-cifar', train: 9 }, { data, entries: [entry] })
  t.deepEqual(set.train.labels, Uint8Array.of(3, 9, 3, 9, 3, 9, 3, 9, 3))
  t.deepEqual(set.shape, [32, 32, 3])
  t.is(set.provenance, 'published files')
})

test('an archive without a batch names it', async t => {
  const entry = archive(names.slice(0, 5))
  const data = await temporaryFolder(t)
  await mkdir(join(data, 'tiny-cifar'))
  await writeFile(join(data, 'tiny-cifar', 'tiny.tar.gz'), entry.content)
  await t.throwsAsync(loadImages({ name: 'tiny-cifar' }, { data, entries: [entry] }), {
    instanceOf: WorkError,
    message: /tiny\.tar\.gz: missing member cifar-10-batches-bin\/test_batch\.bin$/,
  })
})

test('files that nobody published are read by another name, which says so', async t => {
  const data = await temporaryFolder(t)
  await mkdir(join(data, 'cifar10'))
  await writeFile(join(data, 'cifar10', 'data_batch_2.bin'), batch)
  await writeFile(join(data, 'cifar10', 'test_batch.bin.gz'), gzipSync(batch))
  const load = (train?: number) =>
    loadImages({ name: 'cifar10-unofficial', ...(train && { train }) }, { data })
  const set = await load()
  t.is(set.train.count, 2)
  t.is(set.test.count, 2)
  t.is(set.provenance, 'files without a published checksum')
  await t.throwsAsync(load(3), {
    instanceOf: UsageError,
    message: 'invalid number of train examples: 3 (cifar10-unofficial has 1 to 2)',
  })
})
