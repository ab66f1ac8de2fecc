import { mkdir, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import test from 'ava'
import { dataCommand } from '../../src/commands/data.ts'
import type { DatasetEntry } from '../../src/data/entry.ts'
import { dataFolders } from '../../src/data/folder.ts'
import { registry } from '../../src/data/registry.ts'
import { UsageError, WorkError } from '../../src/errors.ts'
import {
  type TinyName,
  temporaryFolder,
  tinyContents,
  tinyEntry,
  tinyFolder,
} from '../data/folders.ts'
import { serve } from '../data/server.ts'

/** Runs `gauntlet data` with these words and gives its lines, also those before an error. */
async function data(words: readonly string[], entries: readonly DatasetEntry[]) {
  const lines: string[] = []
  const command = dataCommand(line => lines.push(line), entries)
  const error = await command.parseAsync(words, { from: 'user' }).then(
    () => undefined,
    (reason: unknown) => reason,
  )
  return { lines, error }
}

const generated = registry[0]!

test('list shows what is known, aligned, and where it is', async t => {
  const folder = await tinyFolder(t)
  const { lines } = await data(['list', '--data', folder], [generated, tinyEntry()])
  t.deepEqual(lines, [
    'name    kind    classes  train  test  licence  where',
    'glyphs  images       10   4000  1000  MIT      built in',
    `tiny    images        3      4     2  none     ${folder}`,
  ])
})

test('list says when a set is not here, or only in part', async t => {
  const folder = await tinyFolder(t, { 't10k-labels-idx1-ubyte.gz': undefined })
  const { lines } = await data(['list', '--data', folder], [tinyEntry()])
  t.regex(lines[1] ?? '', /not here$/)
})

test('the list of known sets fits into 100 columns', async t => {
  const elsewhere = dataFolders()
  const { lines } = await data(['list'], registry)
  for (const line of lines) {
    const folder = elsewhere.find(candidate => line.endsWith(candidate)) ?? ''
    t.true(line.length - folder.length <= 100, line)
  }
})

test('fetch downloads a set that verify then finds right', async t => {
  const base = await serve(t, (request, response) => {
    response.end(tinyContents[basename(request.url ?? '') as TinyName])
  })
  const folder = await temporaryFolder(t)
  const entries = [tinyEntry(base)]
  const fetched = await data(['fetch', 'tiny', '--data', folder], entries)
  t.is(fetched.error, undefined)
  const first = join(folder, 'tiny', 'train-images-idx3-ubyte.gz')
  t.deepEqual(fetched.lines.slice(0, 2), [`${first}: fetching 1 kB`, `${first}: ok`])
  const verified = await data(['verify', 'tiny', '--data', folder], entries)
  t.is(verified.error, undefined)
  t.deepEqual(
    verified.lines,
    Object.keys(tinyContents).map(name => `ok       ${join(folder, 'tiny', name)}`),
  )
})

test('verify tells ok, wrong and missing files apart and fails for a wrong one', async t => {
  const folder = await tinyFolder(t, {
    'train-labels-idx1-ubyte.gz': Buffer.from('wrong'),
    't10k-labels-idx1-ubyte.gz': undefined,
  })
  const { lines, error } = await data(['verify', '--data', folder], [generated, tinyEntry()])
  const path = (name: TinyName) => join(folder, 'tiny', name)
  const { bytes } = tinyEntry().files[1]
  t.deepEqual(lines, [
    'ok       glyphs (built in)',
    `ok       ${path('train-images-idx3-ubyte.gz')}`,
    `wrong    ${path('train-labels-idx1-ubyte.gz')}: 5 bytes, expected ${bytes}`,
    `ok       ${path('t10k-images-idx3-ubyte.gz')}`,
    'missing  tiny/t10k-labels-idx1-ubyte.gz',
  ])
  t.true(error instanceof WorkError)
  t.regex(String(error), /wrong data files: 1 /)
})

test('verify does not fail for missing files', async t => {
  const { error } = await data(['verify', '--data', await temporaryFolder(t)], [tinyEntry()])
  t.is(error, undefined)
})

test('an unknown name is a usage error', async t => {
  for (const action of ['fetch', 'verify']) {
    const { error } = await data([action, 'minst'], registry)
    t.true(error instanceof UsageError)
    t.regex(String(error), /unknown data set: minst \(known: glyphs, mnist, fashion-mnist, .*\)/)
  }
})

test('a set that is built in cannot be fetched', async t => {
  const { error } = await data(['fetch', 'glyphs'], registry)
  t.true(error instanceof UsageError)
})

test('a set that nobody publishes cannot be fetched', async t => {
  const { error } = await data(['fetch', 'cifar10-unofficial'], registry)
  t.true(error instanceof UsageError)
  t.regex(String(error), /cifar10-unofficial is not published, there is nothing to fetch$/)
})

test('files that nothing was published about are listed, and neither right nor wrong', async t => {
  const folder = await temporaryFolder(t)
  const entries = registry.filter(({ name }) => name === 'cifar10-unofficial')
  const missing = await data(['verify', '--data', join(folder, 'nowhere')], entries)
  if (dataFolders().length === 1) t.deepEqual(missing.lines, ['missing  cifar10-unofficial'])
  await mkdir(join(folder, 'cifar10'))
  const paths = ['data_batch_1.bin.gz', 'test_batch.bin'].map(name => join(folder, 'cifar10', name))
  for (const path of paths) await writeFile(path, 'abc')
  const { lines, error } = await data(['verify', '--data', folder], entries)
  t.is(error, undefined)
  const sha256 = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'
  t.deepEqual(
    lines,
    paths.map(path => `unknown  ${path}: no published checksum, SHA-256 ${sha256}`),
  )
  const list = await data(['list', '--data', folder], entries)
  t.true(list.lines[1]?.endsWith(folder))
})
