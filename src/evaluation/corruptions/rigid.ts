import { bySeverity } from './corruption.ts'
import { warp } from './warp.ts'

/**
 * Turns the image about its middle, either way with probability ½; levels are degrees, up to the
 * 30° of Engstrom et al. (2019), Exploring the landscape of spatial robustness. Black comes in.
 */
export const rotation = bySeverity([6, 12, 18, 24, 30], (image, degrees, random) => {
  const [side] = random('side').uniforms(new Float32Array(1))
  const angle = ((side! < 0.5 ? -degrees : degrees) * Math.PI) / 180
  const [sine, cosine] = [Math.sin(angle), Math.cos(angle)]
  const [middleY, middleX] = [(image.height - 1) / 2, (image.width - 1) / 2]
  return warp(
    image,
    (y, x) => [
      middleY + cosine * (y - middleY) + sine * (x - middleX),
      middleX - sine * (y - middleY) + cosine * (x - middleX),
    ],
    'zero',
  )
})

/**
 * Shifts the image in a random direction; levels are shares of the shorter side, up to the 10 % of
 * Engstrom et al. (2019). Black comes in.
 */
export const translation = bySeverity([0.02, 0.04, 0.06, 0.08, 0.1], (image, share, random) => {
  const angle = 2 * Math.PI * random('direction').uniforms(new Float32Array(1))[0]!
  const length = share * Math.min(image.height, image.width)
  const [down, right] = [length * Math.sin(angle), length * Math.cos(angle)]
  return warp(image, (y, x) => [y - down, x - right], 'zero')
})
