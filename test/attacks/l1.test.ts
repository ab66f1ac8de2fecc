import test from 'ava'
import { attackRandom } from '../../attacks/attack-random.ts'
import { project, randomInBall, sparseSigns, steepest } from '../../attacks/geometry.ts'
import { projectOntoL1Ball } from '../../attacks/l1-projection.ts'
import { tf } from '../../src/engine/tf.ts'
import { stream } from '../../src/random/stream.ts'
import { leavesNoTensors, useEngine } from '../with-engine.ts'

useEngine()

const sum = (values: Float32Array) => values.reduce((total, value) => total + Math.abs(value), 0)

/** Golden numbers made with L1_projection of auto-attack (PyTorch 2.13). */
test('the projection on ball and box is the golden one', t => {
  const wanted = new Float32Array([0.6, 0.3, -0.4, 0.1])
  projectOntoL1Ball(wanted, new Float32Array([0.2, 0.9, 0.5, 0.5]), 0.5, [0, 1])
  const expected = [0.333333, 0.033333, -0.133333, 0]
  expected.forEach((value, at) => {
    t.true(Math.abs(wanted[at]! - value) < 2e-6, `${at}: ${wanted[at]} instead of ${value}`)
  })
})

test('without a box near by every length is cut alike', t => {
  const wanted = new Float32Array([5, -3, 1, Number.NaN])
  projectOntoL1Ball(wanted, new Float32Array(4), 4, [-100, 100])
  t.deepEqual(Array.from(wanted), [3, -1, 0, 0])
})

test('what lies in the ball is only clipped to the box; radius 0 leaves nothing', t => {
  const center = new Float32Array([0.5, 0.75, 0.25])
  const inside = new Float32Array([0.25, 0.5, -0.5])
  projectOntoL1Ball(inside, center, 100, [0, 1])
  t.deepEqual(Array.from(inside), [0.25, 0.25, -0.25])
  projectOntoL1Ball(inside, center, 0, [0, 1])
  t.is(sum(inside), 0)
})

test('no legal change is nearer than the projection', t => {
  const random = stream(4, 'test', 'projection')
  for (let trial = 0; trial < 40; trial++) {
    const size = 30
    const center = random.uniforms(new Float32Array(size))
    const wanted = random.normals(new Float32Array(size)).map(value => value * 0.4)
    const radius = 0.3 + trial / 10
    const found = Float32Array.from(wanted)
    projectOntoL1Ball(found, center, radius, [0, 1])
    t.true(sum(found) <= radius * (1 + 1e-5), `${sum(found)} > ${radius}`)
    // A projection on a convex set makes an obtuse angle with every point of the set.
    for (let other = 0; other < 50; other++) {
      const legal = random.normals(new Float32Array(size))
      const scale = radius / sum(legal)
      let angle = 0
      legal.forEach((value, at) => {
        const change = Math.min(Math.max(value * scale, -center[at]!), 1 - center[at]!)
        angle += (wanted[at]! - found[at]!) * (change - found[at]!)
      })
      t.true(angle <= 1e-5, `${angle}`)
    }
  }
})

test('ties and equal lengths end the search', t => {
  const wanted = new Float32Array(1000).fill(0.5)
  projectOntoL1Ball(wanted, new Float32Array(1000).fill(0.5), 10, [0, 1])
  for (const value of wanted) t.true(Math.abs(value - 0.01) < 1e-7)
  const unequal = new Float32Array([1e6, 1, 1e-6])
  projectOntoL1Ball(unequal, new Float32Array(3), 1, [-1e9, 1e9])
  t.deepEqual(Array.from(unequal), [1, 0, 0])
})

test.serial(
  'the projection of a batch treats every example by itself',
  leavesNoTensors(t => {
    const [x, center] = [tf.tensor2d([2, 0.5, 0.5, 0.6], [2, 2]), tf.fill([2, 2], 0.5)]
    const found = project(x, center, 'l1', 0.3, [0, 1])
    const values = found.dataSync()
    t.deepEqual(Array.from(values.subarray(2)), Array.from(new Float32Array([0.5, 0.6])))
    t.true(Math.abs(values[0]! - 0.8) < 1e-6)
    tf.dispose([x, center, found])
  }),
)

test.serial(
  'steepest and sparse steps of L1: ties share, zeros and NaN stand still',
  leavesNoTensors(t => {
    const gradient = tf.tensor2d([
      [0.5, -2, 2, 0],
      [0, 0, 0, 0],
      [Number.NaN, 0.25, -1, 0.5],
    ])
    const one = steepest(gradient, 'l1')
    t.deepEqual(one.arraySync(), [
      [0, -0.5, 0.5, 0],
      [0, 0, 0, 0],
      [0, 0, -1, 0],
    ])
    const some = sparseSigns(gradient, [4, 2, 2])
    const third = Math.fround(1 / 3)
    t.deepEqual(some.arraySync(), [
      [third, -third, third, 0],
      [0, 0, 0, 0],
      [0, 0, -0.5, 0.5],
    ])
    tf.dispose([gradient, one, some])
  }),
)

test.serial(
  'a very small gradient has a direction in every norm',
  leavesNoTensors(t => {
    const gradient = tf.tensor2d([[3e-25, -4e-25, 0]])
    const expected = { linf: [1, -1, 0], l2: [0.6, -0.8, 0], l1: [0, -1, 0] }
    for (const norm of ['linf', 'l2', 'l1'] as const) {
      const direction = steepest(gradient, norm)
      direction.dataSync().forEach((value, at) => {
        t.true(Math.abs(value - expected[norm][at]!) < 1e-6, `${norm}: ${value}`)
      })
      direction.dispose()
    }
    gradient.dispose()
  }),
)

test.serial(
  'the random start of L1 is uniform in the ball',
  leavesNoTensors(t => {
    const count = 4000
    const random = attackRandom(
      3,
      Array.from({ length: count }, (_, at) => at),
    )
    const start = randomInBall([count, 3], 'l1', 2, random, 0)
    const rows = start.arraySync() as number[][]
    const lengths = rows.map(row => row.reduce((total, value) => total + Math.abs(value), 0))
    t.true(lengths.every(length => length <= 2 * (1 + 1e-6)))
    const spread = 4 * Math.sqrt(0.25 / count)
    // Half of the volume lies beyond 2^(-1/3) of the radius; half of it on each side of a plane.
    const beyond = lengths.filter(length => length > 2 * 0.5 ** (1 / 3)).length / count
    t.true(Math.abs(beyond - 0.5) < spread, `${beyond}`)
    for (const axis of [0, 1, 2]) {
      const above = rows.filter(row => row[axis]! > 0).length / count
      t.true(Math.abs(above - 0.5) < spread, `${above}`)
      // Each coordinate takes a quarter of the radius on average, the rest is left over.
      const mean = rows.reduce((total, row) => total + Math.abs(row[axis]!), 0) / count
      t.true(Math.abs(mean - 0.5) < 4 * Math.sqrt(0.15 / count), `${mean}`)
    }
    start.dispose()
  }),
)
