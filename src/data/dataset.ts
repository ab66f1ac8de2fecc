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
