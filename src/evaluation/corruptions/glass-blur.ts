import { bySeverity, type Image, pixelScale } from './corruption.ts'
import { gaussianFilter } from './filter.ts'

/**
 * Frosted glass: Gaussian blur, pixels exchanged with near ones, Gaussian blur; the standard
 * deviation and the distance are in pixels.
 *
 * Pixels are truly exchanged. The published images hold copies instead: there a swap of NumPy views
 * loses one of the two pixels.
 */
export const glassBlur = bySeverity(
  [
    { sigma: 0.05, reach: 1, rounds: 1 },
    { sigma: 0.25, reach: 1, rounds: 1 },
    { sigma: 0.4, reach: 1, rounds: 1 },
    { sigma: 0.25, reach: 1, rounds: 2 },
    { sigma: 0.4, reach: 1, rounds: 2 },
  ],
  (image, { sigma, reach, rounds }, random) => {
    const scale = pixelScale(image)
    const values = gaussianFilter(image, sigma * scale)
    const shuffled = { ...image, values }
    for (let round = 0; round < rounds; round++) {
      const offsets = random(`round ${round}`).words(
        new Uint32Array(2 * image.height * image.width),
      )
      shuffle(shuffled, Math.round(reach * scale), offsets)
    }
    return gaussianFilter(shuffled, sigma * scale)
  },
)

/** From the last pixel on, exchanges each with one up to `reach` before or `reach` − 1 after it. */
function shuffle(image: Image, reach: number, words: Uint32Array): void {
  const { height, width } = image
  const offset = (at: number) => Math.floor((words[at]! * 2 * reach) / 2 ** 32) - reach
  for (let y = height - reach; y > reach; y--) {
    for (let x = width - reach; x > reach; x--) {
      const at = y * width + x
      exchange(image, at, (y + offset(2 * at)) * width + x + offset(2 * at + 1))
    }
  }
}

function exchange({ values, channels }: Image, one: number, other: number): void {
  for (let c = 0; c < channels; c++) {
    const [i, j] = [one * channels + c, other * channels + c]
    const kept = values[i]!
    values[i] = values[j]!
    values[j] = kept
  }
}
