import type { ImageSplit } from './dataset.ts'
import { invalidFile, type RawFile } from './raw-file.ts'

const plane = 32 * 32
const recordBytes = 1 + 3 * plane

/** Height, width and channels of every image. */
export const cifarShape = [32, 32, 3] as const

/** Names of the ten classes in the order of their labels, as in `batches.meta.txt`. */
export const cifarClasses: readonly string[] = [
  'airplane',
  'automobile',
  'bird',
  'cat',
  'deer',
  'dog',
  'frog',
  'horse',
  'ship',
  'truck',
]

/**
 * Reads CIFAR-10 records: a label byte, then the planes red, green and blue of 32 x 32 bytes each.
 *
 * Pixels become float32 in [0, 1] (byte / 255), the channels of a pixel side by side:
 * [count, 32, 32, 3]. All labels are checked, whatever the limit.
 *
 * @param files unpacked batches, in order
 * @param limit number of images to keep from the start
 * @throws WorkError naming the file and record at fault
 * @see https://www.cs.toronto.edu/~kriz/cifar.html
 */
export function readCifar(files: readonly RawFile[], limit: number): ImageSplit {
  const count = Math.min(limit, cifarRecords(files))
  const images = new Float32Array(count * 3 * plane)
  const labels = new Uint8Array(count)
  let at = 0
  for (const file of files) {
    for (let record = 0; record < recordCount(file); record++) {
      const bytes = file.bytes.subarray(record * recordBytes, (record + 1) * recordBytes)
      const label = bytes[0]!
      if (label >= cifarClasses.length) {
        throw invalidFile(file.path, `record ${record}: label ${label}, expected 0 to 9`)
      }
      if (at === count) continue
      interleave(bytes.subarray(1), images.subarray(at * 3 * plane, (at + 1) * 3 * plane))
      labels[at++] = label
    }
  }
  return { images, labels, count }
}

/**
 * Number of records in unpacked batches.
 *
 * @throws WorkError naming the file that is not made of whole records
 */
export function cifarRecords(files: readonly RawFile[]): number {
  return files.reduce((sum, file) => sum + recordCount(file), 0)
}

function recordCount({ path, bytes }: RawFile): number {
  const records = bytes.length / recordBytes
  if (records >= 1 && Number.isInteger(records)) return records
  throw invalidFile(
    path,
    `${bytes.length} bytes unpacked, expected one or more records of ${recordBytes}`,
  )
}

function interleave(planes: Uint8Array, out: Float32Array): void {
  for (let pixel = 0; pixel < plane; pixel++) {
    for (let channel = 0; channel < 3; channel++) {
      out[3 * pixel + channel] = planes[channel * plane + pixel]! / 255
    }
  }
}
