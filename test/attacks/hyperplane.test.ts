import test from 'ava'
import type { Norm } from '../../attacks/attack.ts'
import { toHyperplane } from '../../attacks/hyperplane.ts'
import { lengthOf } from '../../attacks/minimal-norm.ts'
import { stream } from '../../src/random/stream.ts'

const project = (x: number[], normal: number[], gap: number, norm: Norm) =>
  Array.from(toHyperplane(Float32Array.from(x), Float32Array.from(normal), gap, norm, [0, 1]))

const dot = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Array.from(a).reduce((sum, value, at) => sum + value * b[at]!, 0)

/** Made with auto-attack's `projection_linf` and `projection_l2`. */
const golden = {
  x: [0.2, 0.9, 0.5],
  normal: [1, -2, 0.5],
  offset: 0.4,
  linf: [0.5, -0.5, 0.5],
  l2: [0.333333, -0.666667, 0.166667],
}

for (const norm of ['linf', 'l2'] as const) {
  test(`${norm}: the golden projection`, t => {
    const gap = golden.offset - dot(golden.normal, golden.x)
    const change = project(golden.x, golden.normal, gap, norm)
    golden[norm].forEach((value, at) => {
      t.true(Math.abs(change[at]! - value) < 2e-6, `${change}`)
    })
  })
}

const near = (actual: number[], expected: number[]) =>
  actual.every((value, at) => Math.abs(value - expected[at]!) < 1e-6)

test('where the box stops a coordinate the others make up for it', t => {
  t.true(near(project([0.9, 0.5], [1, 1], 0.6, 'linf'), [0.1, 0.5]))
  t.true(near(project([0.9, 0.2], [2, 1], 0.7, 'l2'), [0.1, 0.5]))
  t.true(near(project([0.9, 0.2, 0.3], [2, 1, -0.5], 0.7, 'l1'), [0.1, 0.5, 0]))
  t.true(near(project([0.9, 0.2, 0.3], [2, 1, -0.5], -0.7, 'l1'), [-0.35, 0, 0]))
})

test('a hyperplane beyond the box draws to the edges, a zero normal leaves alone', t => {
  for (const norm of ['linf', 'l2', 'l1'] as const) {
    t.true(near(project([0.9, 0.2, 0.5], [2, -1, 0], 9, norm), [0.1, -0.2, 0]))
    t.true(near(project([0.9, 0.2, 0.5], [0, 0, 0], 1, norm), [0, 0, 0]))
    t.true(near(project([0.9, 0.2, 0.5], [1, 2, 3], 0, norm), [0, 0, 0]))
  }
})

/**
 * Shortest L1 change among the corners of the feasible set: every coordinate but one stays or goes
 * to an edge of the box, that one closes what is left.
 */
function shortestByCorners(x: number[], normal: number[], gap: number): number {
  const edges = x.map(value => [0, -value, 1 - value])
  let shortest = Number.POSITIVE_INFINITY
  for (let corner = 0; corner < 3 ** x.length; corner++) {
    const change = edges.map((choices, at) => choices[Math.floor(corner / 3 ** at) % 3]!)
    for (let free = 0; free < x.length; free++) {
      const rest = gap - dot(change, normal) + change[free]! * normal[free]!
      const own = rest / normal[free]!
      if (x[free]! + own < 0 || x[free]! + own > 1) continue
      shortest = Math.min(shortest, lengthOf(Float64Array.from(change.with(free, own)), 'l1'))
    }
  }
  return shortest
}

const trial = (number: number, size: number) => {
  const uniforms = stream(5, 'hyperplane', number).uniforms(new Float32Array(2 * size + 1))
  const x = Array.from(uniforms.subarray(0, size))
  // Some slopes tie.
  const normal = Array.from(uniforms.subarray(size, 2 * size), u => Math.round(8 * u - 4.2) || 1)
  const low = dot(
    x.map((value, at) => (normal[at]! > 0 ? -value : 1 - value)),
    normal,
  )
  const high = dot(
    x.map((value, at) => (normal[at]! > 0 ? 1 - value : -value)),
    normal,
  )
  return { x, normal, gap: low + uniforms[2 * size]! * (high - low) }
}

test('l1: closes the gap inside the box with the shortest change there is', t => {
  for (let number = 0; number < 60; number++) {
    const { x, normal, gap } = trial(number, 5)
    const change = project(x, normal, gap, 'l1')
    t.true(Math.abs(dot(change, normal) - gap) < 1e-6, `gap of ${number}`)
    t.true(change.every((value, at) => x[at]! + value > -1e-6 && x[at]! + value < 1 + 1e-6))
    const shortest = shortestByCorners(x, normal, gap)
    const length = lengthOf(Float64Array.from(change), 'l1')
    t.true(Math.abs(length - shortest) < 1e-5, `${number}: ${length} instead of ${shortest}`)
  }
})

/**
 * By the conditions of Karush, Kuhn and Tucker, the shortest change moves the coordinates that the
 * box does not stop all alike (Linf) or in proportion to the normal (L2), the others no further.
 */
for (const norm of ['linf', 'l2'] as const) {
  test(`${norm}: closes the gap inside the box, every coordinate that is free alike`, t => {
    for (let number = 0; number < 60; number++) {
      const { x, normal, gap } = trial(number, 12)
      const change = project(x, normal, gap, norm)
      t.true(Math.abs(dot(change, normal) - gap) < 1e-6, `gap of ${number}`)
      const ends = x.map((value, at) => value + change[at]!)
      t.true(ends.every(value => value > -1e-6 && value < 1 + 1e-6))
      const signed = normal.map(w => Math.sign(gap) * (norm === 'l2' ? w : Math.sign(w)))
      const rates = change.map((value, at) => value / signed[at]!)
      const longest = Math.max(...rates)
      ends.forEach((value, at) => {
        t.true(rates[at]! >= -1e-9)
        if (value > 1e-5 && value < 1 - 1e-5) t.true(Math.abs(rates[at]! - longest) < 1e-6)
      })
    }
  })
}
