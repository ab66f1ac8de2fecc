import { bySeverity, type Image } from './corruption.ts'

/**
 * Shrinks the image, each pixel being the mean of those whose centres it covers, and enlarges it
 * again by repeating pixels; levels are the share of the side that is left.
 */
export const pixelate = bySeverity([0.95, 0.9, 0.85, 0.75, 0.65], (image, share) => {
  const smaller = (length: number) => Math.max(1, Math.floor(length * share))
  const small = resize(image, smaller(image.height), smaller(image.width))
  return resize(small, image.height, image.width).values
})

/** Resizes with a box filter. */
function resize(image: Image, height: number, width: number): Image {
  const rows = covered(image.height, height)
  const columns = covered(image.width, width)
  const { channels } = image
  const values = new Float32Array(height * width * channels)
  rows.forEach((ys, y) => {
    columns.forEach((xs, x) => {
      const to = (y * width + x) * channels
      for (const fromY of ys) {
        for (const fromX of xs) {
          const from = (fromY * image.width + fromX) * channels
          for (let c = 0; c < channels; c++) {
            values[to + c]! += image.values[from + c]! / (ys.length * xs.length)
          }
        }
      }
    })
  })
  return { values, height, width, channels }
}

/** Which old pixels make each new one: those with their centres inside, or the one it lies in. */
function covered(before: number, after: number): number[][] {
  const scale = before / after
  return Array.from({ length: after }, (_, at) => {
    const centre = (at + 0.5) * scale
    if (scale < 1) return [Math.min(Math.floor(centre), before - 1)]
    const half = scale / 2
    return [...Array(before).keys()].filter(
      old => old + 0.5 > centre - half + 1e-9 && old + 0.5 <= centre + half + 1e-9,
    )
  })
}
