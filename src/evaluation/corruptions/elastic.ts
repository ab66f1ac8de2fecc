import { bySeverity, type Image, type ImageRandom } from './corruption.ts'
import { gaussianFilter } from './filter.ts'
import { type Source, warp } from './warp.ts'

/**
 * A random affine map, then a smooth random displacement of every pixel; levels are shares of the
 * side: how far pixels move, how smooth that is and how far the affine map moves its three points.
 *
 * The displacement grows with the severity and the affine map shrinks: measured by distance, the
 * first severity may change an image the most.
 */
export const elasticTransform = bySeverity(
  [
    { displacement: 0, smoothness: 0, affine: 0.08 },
    { displacement: 0.05, smoothness: 0.2, affine: 0.07 },
    { displacement: 0.08, smoothness: 0.06, affine: 0.06 },
    { displacement: 0.1, smoothness: 0.04, affine: 0.05 },
    { displacement: 0.1, smoothness: 0.03, affine: 0.03 },
  ],
  (image, { displacement, smoothness, affine }, random) => {
    const side = Math.min(image.height, image.width)
    const moved = warp(image, randomAffine(image, affine * side, random), 'mirror')
    if (displacement === 0) return moved
    const field = (purpose: string) =>
      smoothField(image, smoothness * side, displacement * side, random, purpose)
    const [down, right] = [field('down'), field('right')]
    const source: Source = (y, x) => {
      const at = y * image.width + x
      return [y + down[at]!, x + right[at]!]
    }
    return warp({ ...image, values: moved }, source, 'reflect')
  },
)

/** Uniforms in ±reach, blurred, [height, width]. */
function smoothField(
  { height, width }: Image,
  sigma: number,
  reach: number,
  random: ImageRandom,
  purpose: string,
): Float32Array {
  const uniforms = random(purpose).uniforms(new Float32Array(height * width))
  const values = uniforms.map(u => reach * (2 * u - 1))
  return gaussianFilter({ values, height, width, channels: 1 }, sigma, 'reflect', 3)
}

/** The map under which three points around the middle each go up to `reach` pixels astray. */
function randomAffine({ height, width }: Image, reach: number, random: ImageRandom): Source {
  const [middleY, middleX] = [Math.floor(height / 2), Math.floor(width / 2)]
  const half = Math.floor(Math.min(height, width) / 3)
  const uniforms = random('affine').uniforms(new Float32Array(6))
  const from = [
    { y: middleY + half, x: middleX + half },
    { y: middleY - half, x: middleX + half },
    { y: middleY - half, x: middleX - half },
  ] as const
  const to = from.map(({ y, x }, at) => ({
    y: y + reach * (2 * uniforms[2 * at]! - 1),
    x: x + reach * (2 * uniforms[2 * at + 1]! - 1),
  }))
  const [origin, first, second] = [to[0]!, to[1]!, to[2]!]
  const edge = { y: first.y - origin.y, x: first.x - origin.x }
  const other = { y: second.y - origin.y, x: second.x - origin.x }
  const area = edge.x * other.y - edge.y * other.x
  return (y, x) => {
    // Coordinates along the two edges are the same before and after.
    const a = ((x - origin.x) * other.y - (y - origin.y) * other.x) / area
    const b = ((y - origin.y) * edge.x - (x - origin.x) * edge.y) / area
    return [
      from[0].y + a * (from[1].y - from[0].y) + b * (from[2].y - from[0].y),
      from[0].x + a * (from[1].x - from[0].x) + b * (from[2].x - from[0].x),
    ]
  }
}
