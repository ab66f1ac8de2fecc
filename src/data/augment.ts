import { z } from 'zod'
import type { Stream } from '../random/stream.ts'
import type { ImageDataset } from './dataset.ts'

/** Random changes of training images that leave the class as it is. */
export const augmentationSchema = z.strictObject({
  /** Pixels of zeros added on each side before a window of the original size is cut out. */
  crop: z.int().min(0).default(0),
  /** Whether an image is mirrored, left to right, with probability 1/2. */
  flip: z.boolean().default(false),
})

export type Augmentation = Readonly<z.output<typeof augmentationSchema>>

/** Random words of one image: for the window's row and column, and for the mirror. */
const draws = 3

/**
 * The images, each shifted by up to `crop` pixels in both directions, all (2 crop + 1)² shifts being
 * equally likely, with zeros where there was no image, then mirrored or not.
 *
 * Image i takes the words 3i to 3i + 2 of the stream: each batch needs a stream of its own.
 *
 * @param images [count, height, width, channels], row-major; not changed
 * @returns as many images; `images` itself when there is nothing to do
 * @see He, Zhang, Ren and Sun, "Deep residual learning for image recognition", 2016, 4.2: crop 4 and
 *   flip for CIFAR-10
 */
export function augment(
  images: Float32Array,
  [height, width, channels]: ImageDataset['shape'],
  { crop, flip }: Augmentation,
  random: Stream,
): Float32Array {
  if (crop === 0 && !flip) return images
  const row = width * channels
  const size = height * row
  const count = images.length / size
  const words = random.words(new Uint32Array(draws * count))
  const shift = (at: number) => Math.floor((words[at]! * (2 * crop + 1)) / 2 ** 32) - crop
  const out = new Float32Array(images.length)
  for (let i = 0; i < count; i++) {
    const [down, right] = [shift(draws * i), shift(draws * i + 1)]
    const mirrored = flip && words[draws * i + 2]! >= 2 ** 31
    const pixels = width - Math.abs(right)
    if (pixels <= 0) continue
    const lastRow = Math.min(height, height - down)
    const left = mirrored ? Math.max(0, right) : Math.max(0, -right)
    for (let y = Math.max(0, -down); y < lastRow; y++) {
      const from = i * size + (y + down) * row + Math.max(0, right) * channels
      const to = i * size + y * row + left * channels
      if (mirrored) mirrorRow(images, from, out, to, pixels, channels)
      else out.set(images.subarray(from, from + pixels * channels), to)
    }
  }
  return out
}

/** Copies these pixels in reverse order, each with its channels as they are. */
function mirrorRow(
  source: Float32Array,
  from: number,
  out: Float32Array,
  to: number,
  pixels: number,
  channels: number,
): void {
  for (let x = 0, at = from + (pixels - 1) * channels; x < pixels; x++, at -= channels) {
    for (let channel = 0; channel < channels; channel++) {
      out[to + x * channels + channel] = source[at + channel]!
    }
  }
}
