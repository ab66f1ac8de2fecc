import test from 'ava'
import type { ImageShape } from '../../../models/input.ts'
import { smear } from '../../../src/evaluation/corruptions/blur.ts'
import { type CorruptionName, corrupt } from '../../../src/evaluation/corruptions/corrupt.ts'
import { type Severity, severities } from '../../../src/evaluation/corruptions/corruption.ts'
import { borderIndex } from '../../../src/evaluation/corruptions/filter.ts'
import { quantisation } from '../../../src/evaluation/corruptions/jpeg-blocks.ts'
import { plasma } from '../../../src/evaluation/corruptions/plasma.ts'
import { poisson } from '../../../src/evaluation/corruptions/poisson.ts'
import { stream } from '../../../src/random/stream.ts'
import { meanOf, waves } from './waves.ts'

const one = (name: CorruptionName, severity: Severity, image: Float32Array, shape: ImageShape) =>
  corrupt(name, severity, image, shape, 2, [0])

const grey: ImageShape = [32, 32, 1]
const constant = (value: number, [h, w, c]: ImageShape) => new Float32Array(h * w * c).fill(value)

/** A bright pixel in the middle of darkness. */
function point(side: number): Float32Array {
  const image = new Float32Array(side * side)
  image[(side / 2) * side + side / 2] = 1
  return image
}

/** Mean place of the light, in pixels, and its mean squared distance from there along rows. */
function light(image: Float32Array, side: number) {
  const total = image.reduce((sum, value) => sum + value, 0)
  const moment = (f: (y: number, x: number) => number) =>
    image.reduce((sum, v, at) => sum + v * f(Math.floor(at / side), at % side), 0) / total
  const [y, x] = [moment(row => row), moment((_, column) => column)]
  return { total, y, x, variance: moment((_, column) => (column - x) ** 2) }
}

test('contrast draws every channel to its mean', t => {
  const shape: ImageShape = [2, 2, 3]
  const image = Float32Array.of(0, 0.2, 1, 0.4, 0.2, 0, 0, 0.4, 1, 0.8, 0.4, 0)
  const means = [0.3, 0.3, 0.5]
  const found = one('contrast', 2, image, shape)
  image.forEach((value, at) => {
    const mean = means[at % 3]!
    t.true(Math.abs(found[at]! - ((value - mean) * 0.5 + mean)) < 1e-6)
  })
})

test('brightness adds to grey pixels and to black ones, and keeps hue and saturation', t => {
  const image = Float32Array.of(0, 0.4, 0.9, 1)
  const found = Array.from(one('brightness', 4, image, [2, 2, 1]))
  t.deepEqual(found, Array.from(Float32Array.of(0.2, 0.6, 1, 1)))
  const [red, green, blue] = one('brightness', 4, Float32Array.of(0.5, 0.25, 0.1), [1, 1, 3])
  t.true(Math.abs(red! - 0.7) < 1e-6)
  t.true(Math.abs(green! / red! - 0.5) < 1e-6 && Math.abs(blue! / red! - 0.2) < 1e-6)
  t.deepEqual(one('brightness', 4, new Float32Array(3), [1, 1, 3]), new Float32Array(3).fill(0.2))
})

test('saturate leaves the largest channel, and gives grey the hue of red', t => {
  const halfRed = Float32Array.of(0.8, 0.4, 0.4)
  const paler = one('saturate', 1, halfRed, [1, 1, 3])
  // Saturation ½ becomes 0.15.
  t.true(Math.abs(paler[0]! - 0.8) < 1e-6 && Math.abs(paler[1]! - 0.8 * 0.85) < 1e-6)
  const tinted = one('saturate', 5, new Float32Array(3).fill(0.5), [1, 1, 3])
  t.deepEqual(tinted, Float32Array.of(0.5, 0.4, 0.4))
})

test('pixelate shows means of the pixels it covers, repeated', t => {
  // Of four pixels in a row two are left.
  const row = Float32Array.of(0.1, 0.3, 0.5, 0.9)
  const image = Float32Array.of(...row, ...row, ...row, ...row)
  const found = one('pixelate', 5, image, [4, 4, 1])
  const expected = [0.2, 0.2, 0.7, 0.7]
  found.forEach((value, at) => {
    t.true(Math.abs(value - expected[at % 4]!) < 1e-6)
  })
})

test('an even image is left even by blurs, glass, zoom, pixels, JPEG, contrast and elastic', t => {
  for (const name of [
    'gaussian-blur',
    'defocus-blur',
    'motion-blur',
    'zoom-blur',
    'glass-blur',
    'pixelate',
    'jpeg-compression',
    'contrast',
    'elastic-transform',
  ] as const) {
    for (const shape of [grey, [24, 17, 3]] as const) {
      const found = one(name, 5, constant(102 / 255, shape), shape)
      const tolerance = name === 'jpeg-compression' ? 1.01 / 255 : 1e-5
      t.true(
        found.every(value => Math.abs(value - 102 / 255) < tolerance),
        name,
      )
    }
  }
})

test('noise has the mean and the variance that it is said to have', t => {
  const shape: ImageShape = [128, 128, 1]
  const x = 0.4
  const variances = {
    'gaussian-noise': 0.09 ** 2,
    'uniform-noise': 0.09 ** 2,
    'shot-noise': x / 75,
    'speckle-noise': (x * 0.16) ** 2,
  }
  for (const [name, variance] of Object.entries(variances)) {
    const found = one(name as CorruptionName, 4, constant(x, shape), shape)
    const n = found.length
    t.true(Math.abs(meanOf(found) - x) < 4 * Math.sqrt(variance / n), name)
    const seen = meanOf(found.map(value => (value - x) ** 2))
    // The relative standard error of a normal variable's variance is √(2 / n), 1.1 %.
    t.true(Math.abs(seen / variance - 1) < 4 * Math.sqrt(2 / n), `${name}: ${seen / variance}`)
  }
})

test('impulse noise sets its share of the values, half of them to 1', t => {
  const shape: ImageShape = [128, 128, 1]
  const found = one('impulse-noise', 5, constant(0.4, shape), shape)
  const share = (wanted: number) => meanOf(found.map(value => (value === wanted ? 1 : 0)))
  const error = Math.sqrt((0.035 * 0.965) / found.length)
  t.true(Math.abs(share(0) - 0.035) < 4 * error)
  t.true(Math.abs(share(1) - 0.035) < 4 * error)
  t.is(share(0) + share(1) + share(Math.fround(0.4)), 1)
})

test('Poisson variables have their probabilities', t => {
  const n = 20_000
  for (const mean of [0.3, 4.5, 60, 500]) {
    const uniforms = stream(4, 'poisson', mean).uniforms(new Float32Array(n))
    const counts = Float64Array.from(uniforms, u => poisson(mean, u))
    t.true(Math.abs(meanOf(counts) - mean) < 4 * Math.sqrt(mean / n), `mean of ${mean}`)
    const variance = meanOf(counts.map(count => (count - mean) ** 2))
    // Fourth central moment: mean + 3 mean².
    const error = Math.sqrt((mean + 2 * mean * mean) / n)
    t.true(Math.abs(variance - mean) < 4 * error, `variance of ${mean}: ${variance}`)
    const none = Math.exp(-mean)
    const zeros = meanOf(counts.map(count => (count === 0 ? 1 : 0)))
    t.true(Math.abs(zeros - none) <= 4 * Math.sqrt((none * (1 - none)) / n))
  }
  t.is(poisson(0, 0.999), 0)
  t.true(poisson(500, 1 - 2 ** -32) >= 0)
})

test('blurs keep the light of an image that is dark at its edges', t => {
  for (const name of ['gaussian-blur', 'defocus-blur', 'motion-blur', 'glass-blur'] as const) {
    const found = one(name, 5, point(32), grey)
    t.true(Math.abs(light(found, 32).total - 1) < 1e-5, name)
  }
})

test('lengths grow with images beyond 32 pixels and stay in smaller ones', t => {
  for (const [side, sigma] of [
    [28, 1],
    [32, 1],
    [64, 2],
  ] as const) {
    const { variance } = light(one('gaussian-blur', 5, point(side), [side, side, 1]), side)
    // A Gaussian that ends after four standard deviations lacks 0.1 % of its variance.
    t.true(Math.abs(variance / sigma ** 2 - 1) < 3e-3, `${side}: ${variance}`)
  }
})

test('glass only exchanges pixels where it hardly blurs', t => {
  const image = waves(1, grey)
  const found = one('glass-blur', 1, image, grey)
  t.notDeepEqual(found, image)
  t.deepEqual(found.slice().sort(), image.slice().sort())
})

test('motion smears a point along one ray with half-Gaussian weights', t => {
  const image = { values: point(32), height: 32, width: 32, channels: 1 }
  const smeared = smear(image, 3, 2, 0)
  const weights = Array.from({ length: 7 }, (_, at) => Math.exp((-at * at) / 8))
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  weights.forEach((weight, at) => {
    t.true(Math.abs(smeared[16 * 32 + 16 - at]! - weight / total) < 1e-6)
  })
  const down = smear(image, 3, 2, 90)
  t.true(Math.abs(down[13 * 32 + 16]! - weights[3]! / total) < 1e-6)
})

test('fog over white runs from 1 / (1 + amount) to 1; black stays black', t => {
  const found = one('fog', 4, constant(1, grey), grey)
  t.true(Math.abs(Math.min(...found) - 0.5) < 1e-6)
  t.true(Math.abs(Math.max(...found) - 1) < 1e-6)
  t.deepEqual(one('fog', 4, constant(0, grey), grey), constant(0, grey))
})

test('a plasma fractal is smoother the faster its details fade, across its edges too', t => {
  const roughness = (fading: number, step: (at: number) => number) => {
    const map = plasma(64, fading, stream(1, 'plasma'))
    return meanOf(map.map((value, at) => Math.abs(value - map[step(at)]!)))
  }
  const right = (at: number) => (at & ~63) | ((at + 1) & 63)
  const below = (at: number) => (at + 64) & 4095
  for (const step of [right, below]) {
    t.true(roughness(1.2, step) > 1.5 * roughness(1.75, step))
    t.true(roughness(1.75, step) > roughness(3, step))
  }
})

test('snow on black is flakes on a whitened ground', t => {
  const found = one('snow', 2, constant(0, grey), grey)
  // A tenth of ½.
  t.true(Math.abs(Math.min(...found) - 0.05) < 1e-6)
  t.true(found.some(value => value > 0.1))
  const turned = Float32Array.from(found).reverse()
  found.forEach((value, at) => {
    t.true(Math.abs(value - turned[at]!) < 1e-6)
  })
})

test('snow whitens a coloured ground by its brightness', t => {
  const colours = [0.5, 0.25, 0.1]
  const image = Float32Array.from({ length: 3 * 1024 }, (_, at) => colours[at % 3]!)
  const found = one('snow', 2, image, [32, 32, 3])
  const white = 1.5 * (0.299 * 0.5 + 0.587 * 0.25 + 0.114 * 0.1) + 0.5
  colours.forEach((colour, channel) => {
    const least = Math.min(...found.filter((_, at) => at % 3 === channel))
    t.true(Math.abs(least - (0.9 * colour + 0.1 * white)) < 1e-6, `${least}`)
  })
})

test('rotation turns a point by its angle about the middle', t => {
  const image = new Float32Array(33 * 33)
  image[16 * 33 + 26] = 1
  for (const severity of severities) {
    const { y, x } = light(one('rotation', severity, image, [33, 33, 1]), 33)
    const degrees = (Math.abs(Math.atan2(y - 16, x - 16)) * 180) / Math.PI
    t.true(Math.abs(degrees - 6 * severity) < 2.5, `${degrees}`)
    t.true(Math.abs(Math.hypot(y - 16, x - 16) - 10) < 0.5)
  }
})

test('translation moves the light by its length and keeps it', t => {
  for (const severity of severities) {
    const { y, x, total } = light(one('translation', severity, point(32), grey), 32)
    t.true(Math.abs(Math.hypot(y - 16, x - 16) - 0.02 * severity * 32) < 1e-4)
    t.true(Math.abs(total - 1) < 1e-5)
  }
})

test('the first elastic severity is affine: a ramp stays a ramp', t => {
  const ramp = Float32Array.from({ length: 1024 }, (_, at) => (at % 32) / 64 + at / 4096)
  const found = one('elastic-transform', 1, ramp, grey)
  const at = (y: number, x: number) => found[y * 32 + x]!
  for (let y = 13; y < 19; y++) {
    for (let x = 13; x < 19; x++) {
      t.true(Math.abs(at(y, x - 1) - 2 * at(y, x) + at(y, x + 1)) < 1e-5)
      t.true(Math.abs(at(y - 1, x) - 2 * at(y, x) + at(y + 1, x)) < 1e-5)
    }
  }
  t.notDeepEqual(found, ramp)
})

test("the quantisation steps are the standard's at quality 50, and libjpeg's elsewhere", t => {
  t.deepEqual([...quantisation('luma', 50).subarray(0, 4)], [16, 11, 10, 16])
  t.deepEqual([...quantisation('luma', 80).subarray(0, 4)], [6, 4, 4, 6])
  t.deepEqual([...quantisation('chroma', 40).subarray(0, 4)], [21, 23, 30, 59])
  t.true(quantisation('luma', 100).every(step => step === 1))
  t.true(quantisation('luma', 1).every(step => step <= 255))
})

test('borders repeat the edge or mirror the image', t => {
  const beyond = [-3, -2, -1, 0, 2, 3, 4, 5]
  const indices = (border: Parameters<typeof borderIndex>[0]) =>
    beyond.map(at => borderIndex(border, at, 3))
  t.deepEqual(indices('nearest'), [0, 0, 0, 0, 2, 2, 2, 2])
  t.deepEqual(indices('reflect'), [2, 1, 0, 0, 2, 2, 1, 0])
  t.deepEqual(indices('mirror'), [1, 2, 1, 0, 2, 1, 0, 1])
  t.is(borderIndex('mirror', -5, 1), 0)
})
