import { join } from 'node:path'
import test from 'ava'
import { verifyFiles } from '../../src/data/verify.ts'
import { tinyContents, tinyEntry, tinyFolder } from './folders.ts'

test('every file is ok, wrong or missing', async t => {
  const labels = tinyContents['t10k-labels-idx1-ubyte.gz']
  const flipped = Buffer.from(labels)
  flipped[20]! ^= 1
  const folder = await tinyFolder(t, {
    'train-labels-idx1-ubyte.gz': undefined,
    't10k-images-idx3-ubyte.gz': Buffer.from('short'),
    't10k-labels-idx1-ubyte.gz': flipped,
  })
  const entry = tinyEntry()
  const states = await verifyFiles(entry, [folder])
  t.deepEqual(
    states.map(({ file, state }) => [file, state]),
    entry.files.map((file, i) => [file, ['ok', 'missing', 'wrong', 'wrong'][i]]),
  )
  const faults = states.flatMap(found => (found.state === 'wrong' ? [found.fault] : []))
  t.is(faults[0], `5 bytes, expected ${tinyContents['t10k-images-idx3-ubyte.gz'].length}`)
  t.regex(faults[1] ?? '', /^SHA-256 [0-9a-f]{12}…, expected [0-9a-f]{12}…$/)
})

test('the copy that would be loaded is the one that is judged', async t => {
  const right = await tinyFolder(t)
  const wrong = await tinyFolder(t, { 'train-images-idx3-ubyte.gz': Buffer.from('x') })
  const states = async (folders: string[]) =>
    (await verifyFiles(tinyEntry(), folders)).map(({ state }) => state)
  t.deepEqual(await states([right, wrong]), ['ok', 'ok', 'ok', 'ok'])
  t.deepEqual(await states([join(right, 'nowhere'), wrong, right]), ['wrong', 'ok', 'ok', 'ok'])
})
