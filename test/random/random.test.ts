import test from 'ava'
import { generator } from '../../src/random/generator.ts'
import { philox } from '../../src/random/philox.ts'
import { permutation } from '../../src/random/shuffle.ts'
import { stream } from '../../src/random/stream.ts'

const hex = (words: Uint32Array) => Array.from(words, word => word.toString(16).padStart(8, '0'))

/** Known answers of Philox4x32-10 from the Random123 distribution (file kat_vectors). */
test('Philox gives the published known answers', t => {
  const out = new Uint32Array(4)
  philox({ key: [0, 0], upper: [0, 0] }, 0, out)
  t.deepEqual(hex(out), ['6627e8d5', 'e169c58d', 'bc57ac4c', '9b00dbd8'])
  const ones = 0xffffffff
  philox({ key: [ones, ones], upper: [ones, ones] }, ones, out, ones)
  t.deepEqual(hex(out), ['408f276d', '41c83b0e', 'a20bc7c6', '6d5451fd'])
  philox(
    { key: [0xa4093822, 0x299f31d0], upper: [0x13198a2e, 0x03707344] },
    0x243f6a88,
    out,
    0x85a308d3,
  )
  t.deepEqual(hex(out), ['d16cfe09', '94fdcceb', '5001e420', '24126ea1'])
})

test('a stream is the same in one piece and in pieces of any size', t => {
  const whole = stream(7, 'noise', 3).normals(new Float32Array(20_000))
  for (const size of [1, 3, 4, 1000, 4097]) {
    const pieces = new Float32Array(whole.length)
    for (let first = 0; first < whole.length; first += size) {
      stream(7, 'noise', 3).normals(pieces.subarray(first, first + size), first)
    }
    t.deepEqual(pieces, whole, `pieces of ${size}`)
  }
})

test('different seeds and paths give uncorrelated streams', t => {
  const count = 100_000
  const read = (seed: number, ...path: (number | string)[]) =>
    stream(seed, ...path).normals(new Float32Array(count))
  const one = read(1, 'a', 1)
  for (const other of [read(2, 'a', 1), read(1, 'b', 1), read(1, 'a', 2), read(1, 'a', '1')]) {
    const correlation = one.reduce((sum, x, i) => sum + x * other[i]!, 0) / count
    t.true(Math.abs(correlation) < 4 / Math.sqrt(count), `correlation ${correlation}`)
  }
})

test('normals have the moments and tails of the standard normal law', t => {
  const count = 4_000_000
  const x = stream(11, 'moments').normals(new Float32Array(count))
  const mean = (f: (value: number) => number) => {
    let sum = 0
    for (const value of x) sum += f(value)
    return sum / count
  }
  // Each bound is four standard errors: var(x^k) = E[x^2k] - E[x^k]^2 = 1, 2, 15, 96.
  const bound = (variance: number) => 4 * Math.sqrt(variance / count)
  t.true(Math.abs(mean(v => v)) < bound(1))
  t.true(Math.abs(mean(v => v * v) - 1) < bound(2))
  t.true(Math.abs(mean(v => v ** 3)) < bound(15))
  t.true(Math.abs(mean(v => v ** 4) - 3) < bound(96))
  // Two-sided tail probabilities 2(1 - Φ(z)); 3.7 lies beyond the ziggurat's last layer.
  for (const [z, p] of [
    [0.5, 0.6170750774519738],
    [1, 0.31731050786291415],
    [2, 0.04550026389635842],
    [3, 0.0026997960632601866],
    [3.7, 0.00021559929],
    [4.5, 6.795346249460121e-6],
  ] as const) {
    const share = mean(v => (Math.abs(v) > z ? 1 : 0))
    t.true(Math.abs(share - p) < 4.5 * Math.sqrt((p * (1 - p)) / count), `beyond ${z}: ${share}`)
  }
})

test('uniforms fill [0, 1) evenly', t => {
  const count = 1_000_000
  const bins = new Float64Array(20)
  for (const u of stream(3, 'uniform').uniforms(new Float32Array(count))) {
    t.assert(u >= 0 && u < 1)
    bins[Math.floor(u * 20)]! += 1
  }
  const chiSquare = bins.reduce((sum, n) => sum + (n - count / 20) ** 2 / (count / 20), 0)
  t.true(chiSquare < 43.8, `19 degrees of freedom, 0.999 quantile 43.8: ${chiSquare}`)
})

test('a generator is repeatable and its integers stay below the bound', t => {
  const one = generator(5, 'shuffle', 2)
  const two = generator(5, 'shuffle', 2)
  const seen = new Set<number>()
  for (let i = 0; i < 500; i++) {
    const value = one.integer(7)
    t.is(value, two.integer(7))
    seen.add(value)
  }
  t.deepEqual([...seen].sort(), [0, 1, 2, 3, 4, 5, 6])
  t.is(one.normal(), two.normal())
  t.throws(() => one.integer(0), { message: /invalid bound/ })
  t.throws(() => generator(0.5), { message: /invalid seed/ })
})

test('a permutation holds every number once and every order is as likely', t => {
  t.deepEqual(
    Array.from(permutation(100, generator(1))).sort((a, b) => a - b),
    [...Array(100).keys()],
  )
  const random = generator(9, 'orders')
  const counts = new Map<string, number>()
  for (let i = 0; i < 6_000; i++) {
    const order = permutation(3, random).join('')
    counts.set(order, (counts.get(order) ?? 0) + 1)
  }
  t.is(counts.size, 6)
  for (const n of counts.values()) t.true(Math.abs(n - 1000) < 4 * Math.sqrt(1000))
})
