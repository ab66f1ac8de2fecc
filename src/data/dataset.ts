/** Images of one split: pixels in [0, 1], float32, row-major [count, height, width, channels]. */
export interface ImageSplit {
  readonly images: Float32Array
  readonly labels: Uint8Array
  readonly count: number
}

/** A labelled set of images of one size, with its training and test split. */
export interface ImageDataset {
  readonly kind: 'images'
  readonly name: string
  readonly shape: readonly [height: number, width: number, channels: number]
  readonly classes: readonly string[]
  readonly bounds: readonly [0, 1]
  readonly licence: string
  /** SHA-256 (hex) of what was read: over the bytes of the files, or of the generated arrays. */
  readonly sha256: string
  readonly train: ImageSplit
  readonly test: ImageSplit
}

/** Any data set; told apart by `kind`. */
export type Dataset = ImageDataset

/** Bytes 0..255 as float32 in [0, 1]. */
export function unitPixels(bytes: Uint8Array): Float32Array {
  const images = new Float32Array(bytes.length)
  for (let i = 0; i < bytes.length; i++) images[i] = bytes[i]! / 255
  return images
}
