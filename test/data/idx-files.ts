import { gzipSync } from 'node:zlib'

/** Header and items of an unpacked IDX file: magic number, sizes as big-endian u32, then bytes. */
export function idxBytes(
  magic: number,
  sizes: readonly number[],
  items: ArrayLike<number>,
): Buffer {
  const file = Buffer.alloc(4 + 4 * sizes.length + items.length)
  file.writeUInt32BE(magic, 0)
  sizes.forEach((size, axis) => {
    file.writeUInt32BE(size, 4 + 4 * axis)
  })
  file.set(items, 4 + 4 * sizes.length)
  return file
}

/** A gzipped image file of `count` images; pixel i is i modulo 256. */
export function imageFile(count: number, height: number, width: number): Buffer {
  const pixels = Uint8Array.from({ length: count * height * width }, (_, i) => i % 256)
  return gzipSync(idxBytes(2051, [count, height, width], pixels))
}

/** A gzipped label file. */
export function labelFile(labels: readonly number[]): Buffer {
  return gzipSync(idxBytes(2049, [labels.length], labels))
}
