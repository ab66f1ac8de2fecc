import test from 'ava'
import { shareAt } from '../../attacks/square.ts'
import { l1Pattern, l2Pattern } from '../../attacks/square-mass.ts'
import { linfPattern } from '../../attacks/square-patterns.ts'
import { useEngine } from '../with-engine.ts'
import { broken, linearGame, near, obeysTheContract, play } from './black-box-contract.ts'

useEngine()

obeysTheContract('square linf', { name: 'square', norm: 'linf', queries: 600 }, 2.5)
obeysTheContract('square l2', { name: 'square', norm: 'l2', queries: 600 }, 3)
obeysTheContract('square l1', { name: 'square', norm: 'l1', queries: 600 }, 4)

/** Golden numbers made with auto-attack (`SquareAttack.p_selection`, p_init 0.8, unscaled). */
test('the window shrinks by the published schedule', t => {
  const golden: readonly (readonly [number, number])[] = [
    [0, 0.8],
    [10, 0.8],
    [11, 0.4],
    [50, 0.4],
    [51, 0.2],
    [201, 0.1],
    [501, 0.05],
    [1001, 0.025],
    [2001, 0.0125],
    [4001, 0.00625],
    [4999, 0.00625],
  ]
  const options = { initialShare: 0.8, rescaleSchedule: false, queries: 5000 }
  for (const [iteration, share] of golden) near(t, shareAt(options, iteration), share, 1e-12)
  // Half of 10 000 queries: what happened after 10 iterations happens after 5.
  const rescaled = { ...options, rescaleSchedule: true }
  t.deepEqual(
    [5, 6].map(iteration => shareAt(rescaled, iteration)),
    [0.8, 0.4],
  )
})

const extent = { height: 8, width: 5, channels: 2 }

/** A canvas whose image is grey and whose numbers are all `uniform`. */
function canvas(uniform: number | readonly number[], epsilon = 0.1) {
  const clean = new Float32Array(80).fill(0.5)
  const uniforms = new Float32Array(40)
  if (typeof uniform === 'number') uniforms.fill(uniform)
  else uniforms.set(uniform)
  const bounds = [0, 1] as const
  return { extent, epsilon, bounds, clean, best: clean.slice(), target: clean.slice(), uniforms }
}

/** Rows and columns where a candidate differs from the best one in a channel. */
function changed(one: ReturnType<typeof canvas>, channel: number) {
  const places = [...one.target].flatMap((value, at) =>
    at % 2 === channel && value !== one.best[at] ? [Math.floor(at / 2)] : [],
  )
  const rows = [...new Set(Array.from(places, place => Math.floor(place / 5)))]
  const columns = [...new Set(Array.from(places, place => place % 5))].sort()
  return { rows, columns, count: places.length }
}

test('the window of an image that is not square fits, and reaches the last row and column', t => {
  t.deepEqual(
    [0.8, 0.1, 0.001].map(share => linfPattern.side(extent, share)),
    [5, 2, 1],
  )
  t.deepEqual(
    [0.8, 0.1, 0.001].map(share => l2Pattern.side(extent, share)),
    [5, 3, 3],
  )
  t.is(l2Pattern.side({ height: 2, width: 9, channels: 1 }, 0.8), 1)
  const last = canvas(0.999)
  linfPattern.propose(last, 3)
  t.deepEqual(changed(last, 0), { rows: [5, 6, 7], columns: [2, 3, 4], count: 9 })
  const first = canvas(0)
  linfPattern.propose(first, 3)
  t.deepEqual(changed(first, 1), { rows: [0, 1, 2], columns: [0, 1, 2], count: 9 })
})

test('linf: stripes of every column and channel, then squares of one sign a channel', t => {
  const start = canvas([0.9, 0.1, 0.1, 0.9, 0.9, 0.9, 0.1, 0.1, 0.9, 0.9])
  linfPattern.start(start)
  const signs = [1, -1, -1, 1, 1, 1, -1, -1, 1, 1]
  start.target.forEach((value, at) => {
    near(t, value, 0.5 + 0.1 * signs[at % 10]!, 1e-6)
  })
  const step = canvas([0.5, 0.5, 0.9, 0.1])
  step.best.set(step.clean.map(value => value - 0.1))
  linfPattern.propose(step, 2)
  const { rows, columns } = changed(step, 0)
  t.deepEqual(
    [rows, columns],
    [
      [3, 4],
      [2, 3],
    ],
  )
  // Upwards from one end of the ball to the other; downwards nothing is left.
  near(t, step.target[(3 * 5 + 2) * 2]!, 0.6, 1e-6)
  t.is(changed(step, 1).count, 0)
})

test('l2: a candidate uses the whole radius and moves mass from one window to another', t => {
  const length = (one: ReturnType<typeof canvas>) =>
    Math.hypot(...one.target.map((value, at) => value - one.clean[at]!))
  const start = canvas([0.1, 0.9, 0.1, 0.6, 0.3, 0.8])
  l2Pattern.start(start)
  near(t, length(start), 0.1, 1e-6)
  const step = canvas([0, 0, 0.999, 0.999, 0.9, 0.9, 0.9])
  step.best.set(start.target)
  l2Pattern.propose(step, 3)
  near(t, length(step), 0.1, 1e-6)
  for (const row of [5, 6, 7]) {
    for (const column of [2, 3, 4]) t.is(step.target[(row * 5 + column) * 2], 0.5)
  }
  t.true(step.target.slice(0, 2).every((value, at) => value !== start.target[at]))
  // The bump of side 3: a hill of one row over a valley of two, antisymmetric in sign only.
  const fresh = canvas([0, 0, 0, 0, 0.9, 0.9, 0.9])
  l2Pattern.propose(fresh, 3)
  const window = [0, 1, 2].map(row =>
    [0, 1, 2].map(column => fresh.target[(row * 5 + column) * 2]! - 0.5),
  )
  t.true(window[0]!.every(value => value > 0))
  t.true([...window[1]!, ...window[2]!].every(value => value < 0))
  near(t, window[0]![0]! / window[0]![1]!, 0.25 / 1.25, 1e-4)
})

test('l1: a candidate stays in the ball, and what a window loses another gains', t => {
  const length = (one: ReturnType<typeof canvas>) =>
    one.target.reduce((sum, value, at) => sum + Math.abs(value - one.clean[at]!), 0)
  const start = canvas([0.1, 0.9, 0.1, 0.6, 0.3, 0.8], 2)
  l1Pattern.start(start)
  near(t, length(start), 2, 1e-5)
  const step = canvas([0, 0, 0.999, 0.999, 0.9, 0.9, 0.9], 2)
  step.best.set(start.target)
  l1Pattern.propose(step, 3)
  near(t, length(step), 2, 1e-5)
  for (const row of [5, 6, 7]) {
    for (const column of [2, 3, 4]) t.is(step.target[(row * 5 + column) * 2], 0.5)
  }
  // The rings of a bump fall with the fourth power: corner over edge of the hill, `2⁻⁴ / (1 + 2⁻⁴)`.
  const fresh = canvas([0, 0, 0, 0, 0.9, 0.9, 0.9])
  const grey = { ...fresh, extent: { height: 8, width: 10, channels: 1 } }
  l1Pattern.propose(grey, 3)
  const top = [0, 1].map(column => grey.target[column]! - 0.5)
  near(t, top[0]! / top[1]!, 1 / 17, 1e-4)
})

for (const shape of [[7, 7, 1], [24]]) {
  test.serial(`inputs of shape ${shape.join('×')} are attacked as well`, t => {
    for (const norm of ['linf', 'l2', 'l1'] as const) {
      const game = linearGame(shape)
      const epsilon = 3 * Math.max(...game.distances[norm])
      const played = play(game, { name: 'square', norm, queries: 600 }, epsilon)
      t.is(broken(game, played).length, 6)
    }
  })
}

test.serial('more queries and restarts only add successes', t => {
  const game = linearGame()
  const epsilon = 1.6 * Math.max(...game.distances.linf)
  const config = { name: 'square', norm: 'linf' }
  const few = new Set(broken(game, play(game, { ...config, queries: 5 }, epsilon)))
  const more = broken(game, play(game, { ...config, queries: 300 }, epsilon))
  t.true(more.length > few.size)
  for (const example of few) t.true(more.includes(example))
  const again = broken(game, play(game, { ...config, queries: 5, restarts: 4 }, epsilon))
  for (const example of few) t.true(again.includes(example))
})
