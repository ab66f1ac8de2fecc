import test from 'ava'
import { type DatasetRequest, loadDataset, loadImages } from '../../../src/data/load.ts'
import { adding } from '../../../src/data/memory/adding.ts'
import { copy } from '../../../src/data/memory/copy.ts'
import { UsageError } from '../../../src/errors.ts'

test('both sets are known by name, 4000 and 1000 sequences of 50 tokens', async t => {
  const counts = { train: 4000, test: 1000, seed: 0 }
  t.deepEqual(await loadDataset({ name: 'copy' }), copy(counts))
  t.deepEqual(await loadDataset({ name: 'adding' }), adding({ ...counts, length: 50 }))
})

test('a request may ask for another length', async t => {
  const request = { train: 20, test: 10, seed: 3 }
  const set = await loadDataset({ name: 'adding', ...request, encoding: { length: 1000 } })
  t.deepEqual(set, adding({ ...request, length: 1000 }))
})

const refused: Readonly<Record<string, [DatasetRequest, fault: string]>> = {
  'a length below the least': [
    { name: 'copy', encoding: { length: 3 } },
    'length: 3 (copy has 4 to 1000)',
  ],
  'a length above the most': [
    { name: 'adding', encoding: { length: 1001 } },
    'length: 1001 (adding has 4 to 1000)',
  ],
  'a length that is not whole': [
    { name: 'adding', encoding: { length: 4.5 } },
    'length: 4.5 (adding has 4 to 1000)',
  ],
  'another option': [
    { name: 'copy', encoding: { length: 20, padding: 'left' } },
    'padding: copy is generated as token ids',
  ],
  'a length of texts that have their own': [
    { name: 'topics', encoding: { length: 16 } },
    'length: topics has a fixed length',
  ],
  'an encoding of images': [
    { name: 'glyphs', encoding: { length: 16 } },
    'glyphs is no set of texts',
  ],
  'an encoding of a graph': [
    { name: 'citations', encoding: { length: 16 } },
    'citations is no set of texts',
  ],
}

for (const [what, [request, fault]] of Object.entries(refused)) {
  test(`${what} is refused`, async t => {
    const error = { instanceOf: UsageError, message: `invalid encoding: ${fault}` }
    await t.throwsAsync(loadDataset(request), error)
  })
}

test('an encoding is refused also where images alone are loaded', async t => {
  await t.throwsAsync(loadImages({ name: 'glyphs', encoding: { length: 16 } }), {
    instanceOf: UsageError,
    message: 'invalid encoding: glyphs is no set of texts',
  })
})
