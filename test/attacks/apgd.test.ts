import test from 'ava'
import { checkpoints, halvedSteps, sparseSteps } from '../../attacks/apgd-steps.ts'
import { expectedLossGradient } from '../../attacks/expected-gradient.ts'
import { crossEntropy } from '../../attacks/losses.ts'
import type { Victim } from '../../attacks/victim.ts'
import { tf } from '../../src/engine/tf.ts'
import { stream } from '../../src/random/stream.ts'
import { leavesNoTensors, useEngine } from '../with-engine.ts'
import {
  goldenInputs,
  goldenLabels,
  goldenVictim,
  make,
  near,
  run,
  writtenVictim,
} from './golden-network.ts'

useEngine()

/** Golden numbers made with auto-attack (PyTorch 2.13): APGD-CE, ε 0.1, 20 steps from x itself. */
const golden = {
  linf: {
    best: [
      [0.3, 0.8],
      [0.6, 0.4],
      [0.6, 0.4],
      [0, 1],
    ],
    losses: [0.382666, 0.562276, 0.843762, 1.447419],
  },
  l2: {
    best: [
      [0.24499, 0.810692],
      [0.650517, 0.386899],
      [0.549556, 0.413142],
      [0, 1],
    ],
    losses: [0.36477, 0.527189, 0.796749, 1.447419],
  },
}

for (const norm of ['linf', 'l2'] as const) {
  test.serial(`APGD-CE ${norm} gives the golden examples and losses`, t => {
    const victim = goldenVictim(t)
    const options = { norm, steps: 20, randomStart: false, iterate: 'highest-loss' }
    const x = tf.tensor4d(goldenInputs.flat(), [4, 2, 1, 1])
    const attack = make({ name: 'apgd-ce', ...options }, 0.1)
    const { values, queries } = run(victim, attack, x, goldenLabels)
    // Near the best point of the L2 ball float32 does not tell the losses apart.
    near(t, values, golden[norm].best, norm === 'l2' ? 3e-4 : 1e-6)
    t.deepEqual(Array.from(queries), [22, 22, 22, 22])
    const [found, labels] = [tf.tensor(values, x.shape), tf.tensor1d(goldenLabels, 'int32')]
    const losses = tf.tidy(() => crossEntropy(labels)(victim.logits(found)))
    near(t, losses.dataSync(), [golden[norm].losses], 2e-6)
    tf.dispose([x, found, labels, losses])
  })
}

test('steps are reviewed where the paper does', t => {
  t.deepEqual(checkpoints(100), [22, 41, 57, 70, 80, 87, 93, 99])
  t.deepEqual(checkpoints(1), [1])
  t.deepEqual(checkpoints(20), [4, 7, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20])
})

/** What the rule does with these losses, from a start of loss 0. */
function halvings(losses: readonly number[], rho = 0.75) {
  const steps = halvedSteps(new Float32Array(1), losses.length, 1, rho)
  let best = 0
  return losses.map((loss, at) => {
    best = Math.max(best, loss)
    const back = steps.observe(0, at + 1, loss, best, () => 0)
    return `${steps.lengths[0]}${back ? ' back' : ''}`
  })
}

test('a step is halved where the loss rises too rarely, or no longer rises beyond its best', t => {
  const rising = Array.from({ length: 100 }, (_, at) => at + 1)
  t.is(halvings(rising).at(-1), '2')
  // One rise in two steps is too little for three quarters, but enough for a third.
  const wavering = rising.map(value => value + (value % 2) * 4)
  t.is(halvings(wavering)[20], '2')
  t.is(halvings(wavering)[21], '1 back')
  t.is(halvings(wavering)[40], '0.5 back')
  t.is(halvings(wavering, 0.3).at(-1), '2')
  // Rises all the time, yet from the second review on below the best of the first window.
  const below = rising.map((value, at) => (at < 22 ? value + 1000 : value))
  t.is(halvings(below)[21], '2')
  t.is(halvings(below)[40], '1 back')
  t.is(halvings(below)[56], '1')
  t.is(halvings(below)[69], '0.5 back')
})

test('in L1 a sparser best point starts over with the full step, else steps shrink to a tenth', t => {
  const steps = sparseSteps([60, 0], 100, 50, 2)
  t.deepEqual(steps.counts, [40, 20])
  const review = (step: number, changed: number) => [
    steps.observe(0, step, 0, 0, () => changed),
    Math.round(steps.lengths[0]! * 1000) / 1000,
    steps.counts[0],
  ]
  t.deepEqual(review(1, 10), [false, 2, 40])
  t.deepEqual(review(2, 59), [false, 1.333, 40])
  t.deepEqual(review(4, 30), [true, 2, 20])
  for (const step of [6, 8, 10, 12, 14, 16]) review(step, 30)
  t.deepEqual(review(18, 30), [false, 0.2, 20])
  t.deepEqual(review(20, 0), [true, 2, 1])
})

/** Two classes; the second one wins where a weighted sum exceeds the threshold. */
const linear = (weights: readonly number[], threshold = 5) =>
  writtenVictim([weights.length], 2, x => {
    const lead = tf.sum(tf.mul(x, [...weights]), 1, true)
    return tf.concat([tf.zerosLike(lead), tf.sub(lead, threshold)], 1)
  })

test.serial(
  'on a linear model every form reaches the optimum of its ball',
  leavesNoTensors(t => {
    const weights = Array.from(stream(1, 'test', 'weights').normals(new Float32Array(100)))
    const falling = weights.map(Math.abs).sort((a, b) => b - a)
    // In L1 the four steepest coordinates go to the edge of the box.
    const optima = {
      linf: [0.1, 0.1 * falling.reduce((sum, w) => sum + w)],
      l2: [0.5, 0.5 * Math.hypot(...weights)],
      l1: [2, 0.5 * falling.slice(0, 4).reduce((sum, w) => sum + w)],
    } as const
    const clean = 0.5 * weights.reduce((sum, w) => sum + w)
    const x = tf.fill([2, 100], 0.5)
    for (const norm of ['linf', 'l2', 'l1'] as const) {
      const [epsilon, optimum] = optima[norm]
      for (const name of ['apgd-ce', 'apgd-dlr', 'apgd-t']) {
        const victim = linear(weights, clean + optimum + 1)
        const { values } = run(victim, make({ name, norm }, epsilon), x, [0, 0])
        for (const from of [0, 100]) {
          const gain = weights.reduce((sum, w, at) => sum + w * (values[from + at]! - 0.5), 0)
          t.true(Math.abs(gain / optimum - 1) < 1e-3, `${name} ${norm}: ${gain} of ${optimum}`)
        }
      }
    }
    x.dispose()
  }),
)

/** The runner-up rises to the right but never wins; each other class wins far to the left. */
const decoy = writtenVictim([1], 4, x => {
  const right = tf.sub(x, 0.5)
  const runnerUp = tf.minimum(tf.sub(right, 0.1), -0.01)
  const wins = tf.sub(tf.mul(right, -8), 1.5)
  return tf.concat([tf.zerosLike(x), runnerUp, wins, tf.sub(wins, 1)], 1)
})

test.serial(
  'the targeted form goes through the classes in the order of the clean logits',
  leavesNoTensors(t => {
    const x = tf.fill([1, 1], 0.5)
    const config = { name: 'apgd-t', steps: 10, randomStart: false }
    const first = run(decoy, make({ ...config, targets: 1 }, 0.25), x, [0])
    t.true(first.values[0]! > 0.5)
    t.is(first.queries[0], 12)
    const second = run(decoy, make(config, 0.25), x, [0])
    t.true(second.values[0]! < 0.5 - 1.5 / 8)
    t.is(second.queries[0], 12 + 2)
    x.dispose()
  }),
)

test.serial(
  'what is misclassified stays as it is and costs one query, what withstands has the highest loss',
  leavesNoTensors(t => {
    const x = tf.fill([2, 5], 0.5)
    const attack = make({ name: 'apgd-ce', steps: 20, restarts: 3 }, 0.1)
    const { values, queries } = run(linear([1, -3, 2, 0.5, -1]), attack, x, [1, 0])
    t.deepEqual(Array.from(values.subarray(0, 5)), Array(5).fill(0.5))
    t.deepEqual(Array.from(queries), [1, 1 + 3 * 21])
    near(t, values.subarray(5), [[0.6, 0.4, 0.6, 0.6, 0.4]])
    x.dispose()
  }),
)

/** The inputs at which a victim is asked for gradients, one row each. */
function visited(victim: Victim, config: object, epsilon: number, clean: readonly number[]) {
  const points: number[][] = []
  const watched: Victim = {
    ...victim,
    lossGradient(x, loss) {
      points.push(...(x.arraySync() as number[][]))
      return victim.lossGradient!(x, loss)
    },
  }
  const x = tf.tensor2d([[...clean]])
  run(watched, make(config, epsilon), x, [0])
  x.dispose()
  return points
}

test.serial(
  'the steps around a peak are those of the formula, worked out by hand',
  leavesNoTensors(t => {
    const peak = writtenVictim([1], 2, x => {
      const height = tf.neg(tf.square(tf.sub(x, 0.62)))
      return tf.concat([tf.zerosLike(x), height], 1)
    })
    const config = { name: 'apgd-dlr', steps: 10, randomStart: false }
    // Step 0.8; halved after 0.4 and back to 0.5, after 0.45 and back to 0.7, after 0.540625.
    const expected = [0.5, 0.9, 0.4, 0.7, 0.45, 0.55, 0.6625, 0.540625, 0.5875, 0.64375, 0.5828125]
    const points = visited(peak, config, 0.4, [0.5])
    t.is(points.length, expected.length)
    near(t, points.flat(), [expected])
  }),
)

test.serial(
  'in L1 a run starts in the threefold ball, goes on in the twofold one and ends in its own',
  leavesNoTensors(t => {
    const weights = Array.from(stream(1, 'test', 'weights').normals(new Float32Array(50)))
    const config = { name: 'apgd-dlr', norm: 'l1', steps: 10 }
    const points = visited(linear(weights, 200), config, 0.5, Array(50).fill(0.5))
    const radii = points.map(row => row.reduce((sum, value) => sum + Math.abs(value - 0.5), 0))
    const expected = [1.5, 1.5, 1.5, 1.5, 1, 1, 1, 1, 0.5, 0.5, 0.5, 0.5, 0.5]
    near(t, radii, [expected])
  }),
)

/** Two hills of the loss: a start to the right climbs the lower one. */
const hills = writtenVictim([1], 2, x => {
  const height = tf.maximum(tf.mul(tf.sub(0.5, x), 4), tf.sub(x, 0.5))
  return tf.concat([tf.zerosLike(x), tf.sub(height, 9)], 1)
})

test.serial(
  'of several runs that fail the point with the highest loss is kept',
  leavesNoTensors(t => {
    const x = tf.fill([12, 1], 0.5)
    const labels = Array<number>(12).fill(0)
    const lower = (restarts: number, iterate: string) => {
      const attack = make({ name: 'apgd-dlr', steps: 3, restarts, iterate }, 0.3)
      return run(hills, attack, x, labels).values.filter(value => value > 0.5).length
    }
    for (const iterate of ['best-so-far', 'highest-loss']) {
      t.true(lower(1, iterate) > 0, iterate)
      t.is(lower(20, iterate), 0, iterate)
    }
    x.dispose()
  }),
)

/** A victim whose gradient points the wrong way in two of every three calls, but shorter. */
function noisy(): { victim: Victim; calls: () => number } {
  const base = linear([2, -2])
  let calls = 0
  const victim: Victim = {
    ...base,
    lossGradient(x, loss) {
      const { gradient, ...rest } = base.lossGradient!(x, loss)
      const noise = calls++ % 3 === 0 ? 3 : -1
      const turned = tf.mul(gradient, noise)
      gradient.dispose()
      return { gradient: turned, ...rest }
    },
  }
  return { victim, calls: () => calls }
}

test.serial(
  'gradients of a victim with noise are averaged over the calls, and each call is counted',
  leavesNoTensors(t => {
    const x = tf.fill([1, 2], 0.5)
    const labels = tf.tensor1d([0], 'int32')
    const seen = expectedLossGradient(noisy().victim, x, crossEntropy(labels), 6)
    const plain = linear([2, -2]).lossGradient!(x, crossEntropy(labels))
    for (const name of ['losses', 'logits'] as const) {
      near(t, seen[name].dataSync(), [Array.from(plain[name].dataSync())])
    }
    const [mean, once] = [seen.gradient.dataSync(), plain.gradient.dataSync()]
    t.true(Math.abs(mean[0]! / once[0]! - 1 / 3) < 1e-5)
    const { victim, calls } = noisy()
    const config = { name: 'apgd-ce', steps: 1, randomStart: false, eotIterations: 3 }
    const { values, queries } = run(victim, make(config, 0.2), x, [0])
    near(t, values, [[0.7, 0.3]])
    t.deepEqual([queries[0], calls()], [3 + 6, 6])
    tf.dispose([x, labels, ...Object.values(seen), ...Object.values(plain)])
  }),
)

test.serial(
  'with noise a run goes on after its first success and keeps the highest loss',
  leavesNoTensors(t => {
    const victim = linear([10, 0])
    const x = tf.fill([1, 2], 0.45)
    const go = (eotIterations: number) =>
      run(
        victim,
        make({ name: 'apgd-ce', steps: 30, randomStart: false, eotIterations }, 0.2),
        x,
        [0],
      )
    const [once, twice] = [go(1), go(2)]
    t.is(once.queries[0], 1 + 2)
    t.is(twice.queries[0], 2 + 2 * 31)
    t.true(Math.abs(twice.values[0]! - 0.65) < 1e-5)
    x.dispose()
  }),
)

test.serial(
  'gradients and losses that are not numbers do no harm',
  leavesNoTensors(t => {
    const base = linear([1, 1])
    const broken: Victim = {
      ...base,
      lossGradient(x, loss) {
        const { logits, gradient, losses } = base.lossGradient!(x, loss)
        tf.dispose([gradient, losses])
        return {
          logits,
          gradient: tf.fill(x.shape, Number.NaN),
          losses: tf.fill([x.shape[0]!], Number.NaN),
        }
      },
    }
    const x = tf.fill([1, 2], 0.5)
    for (const norm of ['linf', 'l2', 'l1']) {
      for (const name of ['apgd-ce', 'apgd-t']) {
        const config = { name, norm, steps: 10, restarts: 1, randomStart: false }
        const { values } = run(broken, make(config, 0.1), x, [0])
        t.deepEqual(Array.from(values), [0.5, 0.5], `${name} ${norm}`)
      }
    }
    x.dispose()
  }),
)
