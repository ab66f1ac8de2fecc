import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import type { SequenceDataset } from '../../../src/data/dataset.ts'
import type { TextFilesEntry } from '../../../src/data/entry.ts'
import { type DatasetRequest, loadDataset, loadImages } from '../../../src/data/load.ts'
import { UsageError, WorkError } from '../../../src/errors.ts'
import { publishedFile, temporaryFolder } from '../folders.ts'

const content = { train: '1 good good film\n0 bad film\n', test: '0 a bad joke\n' }

async function load(
  t: ExecutionContext,
  request: Partial<DatasetRequest> = {},
  { train, test: tested } = content,
): Promise<SequenceDataset> {
  const entry: TextFilesEntry = {
    name: 'tiny-text',
    kind: 'sequences',
    format: 'text',
    classes: ['negative', 'positive'],
    licence: 'none',
    train: 2,
    test: 1,
    layouts: ['sst', 'sst'],
    encoding: {
      length: 3,
      minimumCount: 1,
      maximumSize: 9,
      padding: 'right',
      truncation: 'right',
    },
    files: [
      publishedFile('train.txt', Buffer.from(train)),
      publishedFile('test.txt', Buffer.from(tested)),
    ],
  }
  const data = await temporaryFolder(t)
  await mkdir(join(data, 'tiny-text'))
  await writeFile(join(data, 'tiny-text', 'train.txt'), train)
  await writeFile(join(data, 'tiny-text', 'test.txt'), tested)
  const set = await loadDataset({ name: 'tiny-text', ...request }, { data, entries: [entry] })
  if (set.kind === 'sequences') return set
  throw new Error(`a set of ${set.kind}`)
}

test('the vocabulary knows the training texts alone', async t => {
  const set = await load(t)
  t.deepEqual(set.vocabulary, ['<pad>', '<unknown>', 'film', 'good', 'bad'])
  t.deepEqual(set.train.tokens, Int32Array.of(3, 3, 2, 4, 2, 0))
  t.deepEqual(set.test.tokens, Int32Array.of(1, 4, 1))
  t.deepEqual(set.test.labels, Uint8Array.of(0))
})

test('a request may encode in another way', async t => {
  const set = await load(t, { train: 1, encoding: { length: 2, truncation: 'left' } })
  t.deepEqual(set.vocabulary, ['<pad>', '<unknown>', 'good', 'film'])
  t.deepEqual(set.train.tokens, Int32Array.of(2, 3))
})

test('an encoding that makes no sense is a usage error', async t => {
  await t.throwsAsync(load(t, { encoding: { length: 0 } }), {
    instanceOf: UsageError,
    message: /^invalid encoding: length: /,
  })
})

test('a text without a word names its line', async t => {
  await t.throwsAsync(load(t, {}, { ...content, train: '1 good\n0  \n' }), {
    instanceOf: WorkError,
    message: /^invalid data file: .*train\.txt: line 2: no text$/,
  })
})

test('texts and graphs where images are needed are one line', async t => {
  const message = (content: string) =>
    new RegExp(`^invalid data set: \\w+ is ${content}, images are needed here$`)
  await t.throwsAsync(loadImages({ name: 'topics' }), {
    instanceOf: UsageError,
    message: message('texts'),
  })
  await t.throwsAsync(loadImages({ name: 'cora' }), {
    instanceOf: UsageError,
    message: message('a graph'),
  })
})
