import { gunzipSync, gzipSync } from 'node:zlib'
import test from 'ava'
import { readIdx } from '../../src/data/idx.ts'
import { WorkError } from '../../src/errors.ts'
import { idxBytes, imageFile, labelFile } from './idx-files.ts'

const shape = { height: 2, width: 3, classes: 10 }
const images = imageFile(4, 2, 3)
const labels = labelFile([9, 0, 3, 3])

function read(imageBytes: Uint8Array, labelBytes: Uint8Array, limit?: number) {
  return readIdx(
    { path: 'images.gz', bytes: imageBytes },
    { path: 'labels.gz', bytes: labelBytes },
    shape,
    limit,
  )
}

test('pixels become multiples of 1/255 in file order', async t => {
  const split = await read(images, labels)
  t.is(split.count, 4)
  t.deepEqual(
    split.images,
    Float32Array.from({ length: 24 }, (_, i) => i / 255),
  )
  t.deepEqual(split.labels, Uint8Array.of(9, 0, 3, 3))
})

test('a limit keeps the first examples', async t => {
  const split = await read(images, labels, 2)
  t.is(split.count, 2)
  t.is(split.images.length, 12)
  t.deepEqual(split.labels, Uint8Array.of(9, 0))
})

test('a limit above the count keeps them all', async t => {
  t.is((await read(images, labels, 100)).count, 4)
})

const pixels = new Uint8Array(24)
const damaged: readonly [behaviour: string, Uint8Array, Uint8Array, message: string][] = [
  [
    'a wrong magic number',
    gzipSync(idxBytes(2049, [4, 2, 3], pixels)),
    labels,
    'invalid data file: images.gz: magic number 2049, expected 2051',
  ],
  [
    'labels in place of images',
    images,
    images,
    'invalid data file: labels.gz: magic number 2051, expected 2049',
  ],
  [
    'images of another size',
    imageFile(4, 3, 2),
    labels,
    'invalid data file: images.gz: images of 3x2, expected 2x3',
  ],
  [
    'a file that is not gzip',
    gunzipSync(images),
    labels,
    'invalid data file: images.gz: expected one whole gzip stream, found 40 bytes that are not (incorrect header check)',
  ],
  [
    'a gzip stream cut short',
    images,
    labels.subarray(0, labels.length - 9),
    `invalid data file: labels.gz: the gzip stream ends early after ${labels.length - 9} bytes, expected its end mark`,
  ],
  [
    'bytes behind the gzip stream',
    images,
    Buffer.concat([labels, Buffer.from('more')]),
    `invalid data file: labels.gz: expected one whole gzip stream, found ${labels.length + 4} bytes that are not (incorrect header check)`,
  ],
  [
    'an empty file',
    new Uint8Array(0),
    labels,
    'invalid data file: images.gz: the gzip stream ends early after 0 bytes, expected its end mark',
  ],
  [
    'a header cut short',
    gzipSync(new Uint8Array(9)),
    labels,
    'invalid data file: images.gz: 9 bytes unpacked, expected a header of 16',
  ],
  [
    'fewer bytes than the header says',
    gzipSync(idxBytes(2051, [4, 2, 3], pixels.subarray(1))),
    labels,
    'invalid data file: images.gz: truncated: 39 bytes unpacked, expected 40 for 4 items',
  ],
  [
    'more bytes than the header says',
    images,
    gzipSync(idxBytes(2049, [4], [1, 2, 3, 4, 5, 6])),
    'invalid data file: labels.gz: trailing bytes: 14 bytes unpacked, expected 12 for 4 items',
  ],
  [
    'another number of labels than images',
    images,
    labelFile([1, 2, 3]),
    'invalid data files: images.gz has 4 images, labels.gz has 3 labels; expected as many labels as images',
  ],
  [
    'a label that is no class',
    images,
    labelFile([0, 9, 10, 1]),
    'invalid data file: labels.gz: label 10 at position 2, expected 0 to 9',
  ],
]

for (const [behaviour, imageBytes, labelBytes, message] of damaged) {
  test(`${behaviour} is refused in one line`, async t => {
    await t.throwsAsync(read(imageBytes, labelBytes), { instanceOf: WorkError, message })
  })
}

test('damage behind the limit is found too', async t => {
  await t.throwsAsync(read(images, labelFile([0, 1, 2, 77]), 1), { message: /label 77/ })
})
