import { createHash } from 'node:crypto'
import test from 'ava'
import { coordinates, type SequenceName } from '../../src/random/low-discrepancy.ts'
import { type NoiseOptions, noiseVectors } from '../../src/random/noise-vectors.ts'
import { permute } from '../../src/random/permute.ts'
import { inverseLaplace, inverseNormal } from '../../src/random/quantiles.ts'
import { sobolDimensions, sobolDirections } from '../../src/random/sobol-directions.ts'
import { stream } from '../../src/random/stream.ts'

const sobolPoint = (index: number, dimension: number) => {
  let x = 0
  for (let bit = 0; bit < 32; bit++) {
    if ((index >>> bit) & 1) x ^= sobolDirections[dimension]![bit]!
  }
  return x >>> 0
}

/**
 * From SciPy 1.17.1: qmc.Sobol(128, scramble=False, bits=32).random(1024) times 2^32, put into the
 * order of the index (SciPy's point n has the index n ^ (n >> 1)), little-endian.
 */
test('1024 Sobol points in all 128 dimensions are those of SciPy', t => {
  const points = new Uint32Array(1024 * sobolDimensions)
  for (let index = 0; index < 1024; index++) {
    for (let d = 0; d < sobolDimensions; d++) points[index * 128 + d] = sobolPoint(index, d)
  }
  const digest = createHash('sha256').update(Buffer.from(points.buffer)).digest('hex')
  t.is(digest, 'a3fa8a08f5d96d5c70ed31988c81dc4c1272fc4d418138f6aff55ceb10db2eae')
  t.deepEqual(
    [0, 1, 2, 10, 63, 127].map(d => points[777 * 128 + d]),
    [2428502016, 809500672, 3829399552, 1782579200, 3670016000, 3250585600],
  )
})

// Sobol' 1976: property A for the first dimensions; Joe and Kuo chose their numbers to have it.
test('the first bits of the Sobol points have property A in all dimensions', t => {
  // Rows: leading bit of every dimension's direction numbers 1 … 128; invertible over GF(2).
  const rows = sobolDirections.map(v =>
    Array.from({ length: 32 }, (_, bit) => v[bit]! >>> 31).join(''),
  )
  t.is(new Set(rows.map(row => row.slice(0, 12))).size, sobolDimensions)
  for (const v of sobolDirections) {
    // Unit upper triangular: every dimension by itself is a net at every level.
    v.forEach((number, bit) => {
      t.is((number >>> (31 - bit)) & 1, 1)
      t.is((number << (bit + 1)) & (bit < 31 ? -1 : 0), 0)
    })
  }
})

test('the first two dimensions are a (0, m, 2)-net', t => {
  for (let m = 1; m <= 8; m++) {
    for (let wide = 0; wide <= m; wide++) {
      const boxes = new Set<string>()
      for (let index = 0; index < 2 ** m; index++) {
        const [x, y] = [sobolPoint(index, 0), sobolPoint(index, 1)]
        boxes.add(`${Math.floor(x / 2 ** (32 - wide))} ${Math.floor(y / 2 ** (32 - m + wide))}`)
      }
      t.is(boxes.size, 2 ** m, `m ${m}, 2^${wide} columns`)
    }
  }
})

for (const name of ['sobol', 'halton', 'latin-hypercube'] as const) {
  test(`${name}: the points of every dimension lie in different intervals, for any key`, t => {
    for (const points of [1, 2, 3, 8, 12, 64]) {
      coordinates(name, points, 140).forEach(({ strata, stratum }, dimension) => {
        for (const key of [0, 1, 0xdeadbeef]) {
          const found = Array.from({ length: points }, (_, index) => stratum(index, key))
          t.is(new Set(found).size, points, `dimension ${dimension}`)
          t.true(found.every(place => place >= 0 && place < strata))
        }
      })
    }
  })
}

test('scrambling keeps the net: two Sobol dimensions with different keys', t => {
  const [x, y] = coordinates('sobol', 64, 2)
  for (const [one, two] of [
    [5, 6],
    [0x12345678, 0x9abcdef0],
  ] as const) {
    const boxes = Array.from(
      { length: 64 },
      (_, k) => `${x!.stratum(k, one) >> 3} ${y!.stratum(k, two) >> 3}`,
    )
    t.is(new Set(boxes).size, 64)
  }
})

const keysOf = (count: number) => stream(2, 'keys').words(new Uint32Array(count))

for (const name of ['sobol', 'halton', 'latin-hypercube'] as const) {
  test(`${name}: over the keys, a point lies anywhere with equal probability`, t => {
    const keys = keysOf(20_000)
    for (const dimension of [0, 1, 5]) {
      const { strata, stratum } = coordinates(name, 8, 6)[dimension]!
      for (const index of [0, 3, 7]) {
        const counts = new Float64Array(strata)
        for (const key of keys) counts[stratum(index, key)]! += 1
        const expected = keys.length / strata
        const chi = counts.reduce((sum, n) => sum + (n - expected) ** 2 / expected, 0)
        // Beyond its mean by 4.5 standard deviations, 2 a degree of freedom.
        const limit = strata - 1 + 4.5 * Math.sqrt(2 * (strata - 1))
        t.true(chi < limit, `dimension ${dimension}, point ${index}: ${chi} of ${limit}`)
      }
    }
  })
}

test('keyed permutations of four reach every order about as often', t => {
  const counts = new Map<string, number>()
  const keys = keysOf(24_000)
  for (const key of keys) {
    const order = [0, 1, 2, 3].map(i => permute(i, 4, key)).join('')
    counts.set(order, (counts.get(order) ?? 0) + 1)
  }
  t.is(counts.size, 24)
  for (const n of counts.values()) t.true(n > 500 && n < 1500, `${n}, 1000 expected`)
})

/** From SciPy 1.17.1, norm.ppf. */
test('normal quantiles to fifteen digits, Laplace quantiles by their closed form', t => {
  for (const [p, z] of [
    [1e-20, -9.262340089798409],
    [1e-9, -5.9978070150076865],
    [0.001, -3.090232306167813],
    [0.02425, -1.972961051311885],
    [0.1, -1.2815515655446004],
    [0.4, -0.2533471031357997],
    [0.5, 0],
    [0.6, 0.2533471031357997],
    [0.975, 1.959963984540054],
    [0.999999, 4.753424308817087],
  ] as const) {
    // Near one, p itself is known to 16 digits of one only.
    t.true(Math.abs(inverseNormal(p) - z) < (p > 0.99 ? 1e-10 : 1e-14 * (1 + Math.abs(z))), `${p}`)
  }
  t.is(inverseLaplace(0.5), 0)
  t.true(Math.abs(inverseLaplace(0.05) - Math.log(0.1) / Math.SQRT2) < 1e-14)
  t.true(Math.abs(inverseLaplace(0.95) + Math.log(0.1) / Math.SQRT2) < 1e-14)
})

const sequences: readonly NoiseOptions['sequence'][] = [
  ...(['random', 'sobol', 'halton', 'latin-hypercube'] as const),
]
const extent = { vectors: 12, units: 3, dimensions: 140 }
const size = extent.units * extent.dimensions

const vectors = (options: NoiseOptions, seed: number) =>
  noiseVectors(options, extent, stream(seed, 'values'), stream(seed, 'keys'))

for (const kind of ['gaussian', 'laplace'] as const) {
  for (const sequence of sequences) {
    test(`${kind} ${sequence}: equal in chunks of any size, and of mean 0 and variance 1`, t => {
      const whole = vectors({ kind, sequence }, 1)(new Float32Array(12 * size), 0)
      for (const chunk of [1, 5]) {
        const draw = vectors({ kind, sequence }, 1)
        const pieces = new Float32Array(whole.length)
        for (let first = 0; first < 12; first += chunk) {
          draw(pieces.subarray(first * size, (first + chunk) * size), first)
        }
        t.deepEqual(pieces, whole)
      }
      t.notDeepEqual(vectors({ kind, sequence }, 2)(new Float32Array(12 * size), 0), whole)
      const means = [0, 0]
      const seeds = 60
      for (let seed = 0; seed < seeds; seed++) {
        for (const x of vectors({ kind, sequence }, seed)(new Float32Array(12 * size), 0)) {
          means[0]! += x
          means[1]! += x * x
        }
      }
      const count = seeds * 12 * size
      // Four standard errors of independent numbers; even points have smaller ones.
      const fourth = kind === 'gaussian' ? 3 : 6
      t.true(Math.abs(means[0]! / count) < 4 / Math.sqrt(count))
      t.true(Math.abs(means[1]! / count - 1) < 4 * Math.sqrt((fourth - 1) / count))
    })
  }
}

test('Sobol points integrate a smooth function of two variables far better than random ones', t => {
  const error = (sequence: 'random' | SequenceName) => {
    let squares = 0
    for (let seed = 0; seed < 200; seed++) {
      const draw = noiseVectors(
        { kind: 'gaussian', sequence },
        { vectors: 64, units: 1, dimensions: 2 },
        stream(seed, 'v'),
        stream(seed, 'k'),
      )
      const x = draw(new Float32Array(128), 0)
      let mean = 0
      for (let k = 0; k < 64; k++) mean += Math.cos(x[2 * k]! + x[2 * k + 1]!) / 64
      // E cos of a normal with variance 2.
      squares += (mean - Math.exp(-1)) ** 2 / 200
    }
    return squares
  }
  const random = error('random')
  t.true(error('sobol') < random / 20, `sobol ${error('sobol')}, random ${random}`)
  t.true(error('halton') < random / 8, `halton ${error('halton')}, random ${random}`)
  t.true(error('latin-hypercube') < random * 0.9, `${error('latin-hypercube')}, random ${random}`)
})
