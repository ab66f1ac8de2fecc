import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import test from 'ava'
import { fetchDataset } from '../../src/data/fetch.ts'
import { loadImages } from '../../src/data/load.ts'
import { WorkError } from '../../src/errors.ts'
import { type TinyName, temporaryFolder, tinyContents, tinyEntry, tinyFolder } from './folders.ts'
import { serve } from './server.ts'

const names = Object.keys(tinyContents) as TinyName[]

test('a fetched set can be loaded', async t => {
  const base = await serve(t, (request, response) => {
    response.end(tinyContents[basename(request.url ?? '') as TinyName])
  })
  const entry = tinyEntry(base)
  const folder = await temporaryFolder(t)
  const lines: string[] = []
  await fetchDataset(entry, folder, line => lines.push(line))
  t.deepEqual((await readdir(join(folder, 'tiny'))).toSorted(), names.toSorted())
  t.is(lines.length, 8)
  const set = await loadImages({ name: 'tiny' }, { data: folder, entries: [entry] })
  t.is(set.train.count, 4)
})

test('files that are right are not fetched again, wrong ones are replaced', async t => {
  const asked: (string | undefined)[] = []
  const base = await serve(t, (request, response) => {
    asked.push(request.url)
    response.end(tinyContents[basename(request.url ?? '') as TinyName])
  })
  const folder = await tinyFolder(t, {
    't10k-labels-idx1-ubyte.gz': Buffer.from('damaged'),
    'train-labels-idx1-ubyte.gz': undefined,
  })
  const lines: string[] = []
  await fetchDataset(tinyEntry(base), folder, line => lines.push(line))
  t.deepEqual(asked, ['/train-labels-idx1-ubyte.gz', '/t10k-labels-idx1-ubyte.gz'])
  for (const name of names) {
    t.deepEqual(await readFile(join(folder, 'tiny', name)), tinyContents[name])
  }
  const repaired = join(folder, 'tiny', 't10k-labels-idx1-ubyte.gz')
  const { bytes } = tinyEntry().files[3]
  t.true(lines.includes(`${repaired}: 7 bytes, expected ${bytes}; replacing it`))
})

test('a file that cannot be had stops the fetch, and no part of it stays', async t => {
  const base = await serve(t, (request, response) => {
    if (request.url === '/t10k-images-idx3-ubyte.gz') response.writeHead(503).end()
    else response.end(tinyContents[basename(request.url ?? '') as TinyName])
  })
  const folder = await temporaryFolder(t)
  await t.throwsAsync(
    fetchDataset(tinyEntry(base), folder, () => {}),
    { instanceOf: WorkError, message: /^failed download: t10k-images-idx3-ubyte\.gz: .*503/ },
  )
  t.deepEqual((await readdir(join(folder, 'tiny'))).toSorted(), names.slice(0, 2).toSorted())
})

test('a data folder that is a file is one line', async t => {
  const folder = await temporaryFolder(t)
  await mkdir(join(folder, 'set'))
  await writeFile(join(folder, 'set', 'tiny'), '')
  await t.throwsAsync(
    fetchDataset(tinyEntry(), join(folder, 'set'), () => {}),
    { instanceOf: WorkError, message: /^cannot write [^\n]*$/ },
  )
})
