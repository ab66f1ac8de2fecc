import { bySeverity, type Image, type ImageRandom } from './corruption.ts'
import { poisson } from './poisson.ts'

const normals = ({ values }: Image, random: ImageRandom) =>
  random('noise').normals(new Float32Array(values.length))

const uniforms = ({ values }: Image, random: ImageRandom) =>
  random('noise').uniforms(new Float32Array(values.length))

/** x + σ ε with standard normal ε. */
export const gaussianNoise = bySeverity([0.04, 0.06, 0.08, 0.09, 0.1], (image, sigma, random) => {
  const noise = normals(image, random)
  return image.values.map((x, at) => x + sigma * noise[at]!)
})

/** x + u, uniform in ±σ√3: as much variance as the Gaussian noise of the same severity. */
export const uniformNoise = bySeverity([0.04, 0.06, 0.08, 0.09, 0.1], (image, sigma, random) => {
  const noise = uniforms(image, random)
  const half = sigma * Math.sqrt(3)
  return image.values.map((x, at) => x + half * (2 * noise[at]! - 1))
})

/** Poisson(c x) / c: c photons are counted where the image is white. */
export const shotNoise = bySeverity([500, 250, 100, 75, 50], (image, photons, random) => {
  const noise = uniforms(image, random)
  return image.values.map((x, at) => poisson(photons * x, noise[at]!) / photons)
})

/** Salt and pepper: a share of the values becomes 0 or 1, as often the one as the other. */
export const impulseNoise = bySeverity([0.01, 0.02, 0.03, 0.05, 0.07], (image, share, random) => {
  const noise = uniforms(image, random)
  return image.values.map((x, at) => {
    const u = noise[at]!
    if (u >= share) return x
    return u < share / 2 ? 0 : 1
  })
})

/** x + x σ ε with standard normal ε. */
export const speckleNoise = bySeverity([0.06, 0.1, 0.12, 0.16, 0.2], (image, sigma, random) => {
  const noise = normals(image, random)
  return image.values.map((x, at) => x + x * sigma * noise[at]!)
})
