import test from 'ava'
import type { Norm } from '../../attacks/attack.ts'
import type { Victim } from '../../attacks/victim.ts'
import { tf } from '../../src/engine/tf.ts'
import { useEngine } from '../with-engine.ts'
import { broken, linearGame, near, obeysTheContract, play } from './black-box-contract.ts'

useEngine()

const config = { name: 'random-search', samples: 200 }

for (const norm of ['linf', 'l2', 'l1'] as const) {
  for (const within of ['ball', 'surface']) {
    obeysTheContract(`random search ${norm} ${within}`, { ...config, norm, within }, 20)
  }
}

/** A victim that never errs and shows what it was asked. */
function watching(size: number) {
  const seen: number[][] = []
  const victim: Victim = {
    classes: 2,
    bounds: [0, 1],
    inputShape: [size],
    capabilities: [],
    logits(x) {
      seen.push(...(x.arraySync() as number[][]))
      return tf.tidy(() => tf.oneHot(tf.zeros([x.shape[0]!], 'int32'), 2)) as tf.Tensor2D
    },
  }
  const inputs = [new Float32Array(size).fill(0.5)]
  return { seen, game: { victim, shape: [size], inputs, labels: [0] } }
}

test.serial(
  'points are corners, on the sphere, or anywhere in the ball, as many as asked for',
  t => {
    const radii = (norm: Norm, within: string) => {
      const { seen, game } = watching(3)
      const { queries } = play(game, { ...config, norm, within, samples: 1000 }, 0.2).get(0)!
      t.is(queries, 1001)
      t.is(seen.length, 1001)
      return seen.slice(1).map(point => point.map(value => value - 0.5))
    }
    for (const point of radii('linf', 'surface')) {
      for (const value of point) near(t, Math.abs(value), 0.2, 1e-6)
    }
    for (const point of radii('l2', 'surface')) near(t, Math.hypot(...point), 0.2, 1e-6)
    const sum = (point: readonly number[]) => point.reduce((all, v) => all + Math.abs(v), 0)
    for (const point of radii('l1', 'surface')) near(t, sum(point), 0.2, 1e-6)
    const balls = [
      radii('l2', 'ball').map(point => Math.hypot(...point)),
      radii('l1', 'ball').map(sum),
    ]
    for (const inside of balls) {
      t.true(inside.every(radius => radius <= 0.2 + 1e-6))
      // Half of the volume lies beyond 2^(-1/3) of the radius.
      const beyond = inside.filter(radius => radius > 0.2 * 0.5 ** (1 / 3)).length / 1000
      near(t, beyond, 0.5, 4 * Math.sqrt(0.25 / 1000))
    }
    // Of a uniform point of the simplex one coordinate exceeds half of the sum with (1/2)² chance.
    const sharp = radii('l1', 'surface').filter(([first]) => Math.abs(first!) > 0.1).length / 1000
    near(t, sharp, 0.25, 4 * Math.sqrt(0.1875 / 1000))
  },
)

test.serial('more points only add successes', t => {
  const game = linearGame()
  const epsilon = 4 * Math.max(...game.distances.linf)
  const few = broken(game, play(game, { ...config, samples: 4 }, epsilon))
  const many = broken(game, play(game, { ...config, samples: 400 }, epsilon))
  t.true(many.length > few.length)
  for (const example of few) t.true(many.includes(example))
})
