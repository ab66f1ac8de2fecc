import { WorkError } from '../errors.ts'
import { type ImageSplit, unitPixels } from './dataset.ts'
import { inflate, invalidFile, type RawFile } from './raw-file.ts'

const imageMagic = 2051
const labelMagic = 2049

/** What the split of a data set has to look like. */
export interface IdxShape {
  readonly height: number
  readonly width: number
  readonly classes: number
}

/**
 * Reads one split from a pair of gzipped IDX files; pixels become float32 in [0, 1] (byte / 255).
 *
 * Both files are checked whole, whatever the limit.
 *
 * @param limit number of examples to keep from the start; all of them when absent
 * @throws WorkError naming the file when one is damaged or the two do not belong together
 * @see http://yann.lecun.com/exdb/mnist/ for the format
 */
export async function readIdx(
  images: RawFile,
  labels: RawFile,
  shape: IdxShape,
  limit = Number.POSITIVE_INFINITY,
): Promise<ImageSplit> {
  const imageItems = payload(images.path, await inflate(images), imageMagic, [
    shape.height,
    shape.width,
  ])
  const labelItems = payload(labels.path, await inflate(labels), labelMagic, [])
  if (imageItems.count !== labelItems.count) {
    throw new WorkError(
      `invalid data files: ${images.path} has ${imageItems.count} images, ` +
        `${labels.path} has ${labelItems.count} labels; expected as many labels as images`,
    )
  }
  const stray = labelItems.bytes.findIndex(label => label >= shape.classes)
  if (stray !== -1) {
    throw invalidFile(
      labels.path,
      `label ${labelItems.bytes[stray]} at position ${stray}, expected 0 to ${shape.classes - 1}`,
    )
  }
  const count = Math.min(limit, imageItems.count)
  const pixels = imageItems.bytes.subarray(0, count * shape.height * shape.width)
  return {
    images: unitPixels(pixels),
    labels: new Uint8Array(labelItems.bytes.subarray(0, count)),
    count,
  }
}

/** Checks an IDX header and returns the items that follow it. */
function payload(path: string, file: Uint8Array, magic: number, itemShape: readonly number[]) {
  const headerBytes = 8 + 4 * itemShape.length
  if (file.length < headerBytes) {
    throw invalidFile(path, `${file.length} bytes unpacked, expected a header of ${headerBytes}`)
  }
  const header = new DataView(file.buffer, file.byteOffset, headerBytes)
  const found = header.getUint32(0)
  if (found !== magic) throw invalidFile(path, `magic number ${found}, expected ${magic}`)
  const count = header.getUint32(4)
  const foundShape = itemShape.map((_, axis) => header.getUint32(8 + 4 * axis))
  if (foundShape.some((size, axis) => size !== itemShape[axis])) {
    throw invalidFile(path, `images of ${foundShape.join('x')}, expected ${itemShape.join('x')}`)
  }
  const expected = headerBytes + itemShape.reduce((product, size) => product * size, count)
  if (file.length !== expected) {
    const fault = file.length < expected ? 'truncated' : 'trailing bytes'
    throw invalidFile(
      path,
      `${fault}: ${file.length} bytes unpacked, expected ${expected} for ${count} items`,
    )
  }
  return { count, bytes: file.subarray(headerBytes) }
}
