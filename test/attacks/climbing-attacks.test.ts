import test from 'ava'
import type { Victim } from '../../attacks/victim.ts'
import { tf } from '../../src/engine/tf.ts'
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

/** Golden numbers made with torchattacks 3.5.1 (PyTorch 2.13): ε 0.1, five steps of 0.03. */
const golden = [
  [0.3, 0.8],
  [0.6, 0.4],
  [0.6, 0.4],
  [0, 1],
]

for (const name of ['bim', 'mi-fgsm']) {
  test.serial(`${name} gives the golden examples`, t => {
    const x = tf.tensor4d(goldenInputs.flat(), [4, 2, 1, 1])
    const attack = make({ name, steps: 5, relativeStep: 0.3, iterate: 'last' }, 0.1)
    const { values, queries } = run(goldenVictim(t), attack, x, goldenLabels)
    near(t, values, golden)
    t.deepEqual(Array.from(queries), [6, 6, 6, 6])
    x.dispose()
  })
}

/** Two classes; the second one's lead is a weighted sum. */
const linear = (weights: readonly number[]) =>
  writtenVictim([weights.length], 2, x => {
    const lead = tf.sum(tf.mul(x, [...weights]), 1, true)
    return tf.concat([tf.zerosLike(lead), tf.sub(lead, 20)], 1)
  })

test.serial(
  'on a linear model PGD in L1 spends the radius on the steepest coordinate',
  leavesNoTensors(t => {
    const x = tf.fill([2, 5], 0.5)
    for (const randomStart of [true, false]) {
      const config = { name: 'pgd', norm: 'l1', steps: 40, restarts: 1, randomStart }
      const { values } = run(linear([1, -3, 2, 0.5, -1]), make(config, 0.3), x, [0, 0])
      const best = [0.5, 0.2, 0.5, 0.5, 0.5]
      near(t, values, [best, best])
    }
    x.dispose()
  }),
)

test.serial(
  'PGD in L1 goes on to the next coordinates where the box holds the steepest',
  leavesNoTensors(t => {
    const x = tf.tensor2d([[0.5, 0.05, 0.9, 0.5, 0.5]])
    const config = { name: 'pgd', norm: 'l1', steps: 100, restarts: 1, randomStart: false }
    const { values } = run(linear([1, -3, 2, 0.5, -1.5]), make(config, 0.3), x, [0])
    const best = [0.5, 0, 1, 0.5, 0.35]
    const oneStep = (2.5 / 100) * 0.3
    values.forEach((value, at) => {
      t.true(Math.abs(value - best[at]!) <= oneStep, `${value} instead of ${best[at]}`)
    })
    x.dispose()
  }),
)

test.serial(
  'a step in L1 moves the given share of the coordinates alike',
  leavesNoTensors(t => {
    const x = tf.fill([1, 5], 0.5)
    const config = { steps: 1, relativeStep: 1, randomStart: false, restarts: 1, movedShare: 0.4 }
    const attack = make({ name: 'pgd', norm: 'l1', ...config }, 0.2)
    near(t, run(linear([1, -3, 2, 0.5, -1]), attack, x, [0]).values, [[0.5, 0.4, 0.6, 0.5, 0.5]])
    x.dispose()
  }),
)

test.serial(
  'the length of a step stays, falls along a line or along a cosine',
  leavesNoTensors(t => {
    const lengths = (stepRule: string) => {
      const victim = linear([1])
      const seen: number[] = []
      const watched: Victim = {
        ...victim,
        logits(x) {
          seen.push(x.dataSync()[0]!)
          return victim.logits(x)
        },
        lossGradient(x, loss) {
          seen.push(x.dataSync()[0]!)
          return victim.lossGradient!(x, loss)
        },
      }
      const x = tf.zeros([1, 1])
      const config = { steps: 4, relativeStep: 0.1, randomStart: false, restarts: 1, stepRule }
      run(watched, make({ name: 'pgd', ...config }, 1), x, [0])
      x.dispose()
      return seen.slice(1).map((value, at) => 10 * (value - seen[at]!))
    }
    near(t, lengths('constant'), [[1, 1, 1, 1]])
    near(t, lengths('linear'), [[1, 0.75, 0.5, 0.25]])
    near(t, lengths('cosine'), [[1, 0.853553, 0.5, 0.146447]])
  }),
)

/**
 * The runner-up's logit rises to the right but never wins; the last class wins to the left, where
 * the cross-entropy of the true class falls at first.
 */
const decoy = writtenVictim([1], 3, x => {
  const right = tf.sub(x, 0.5)
  const runnerUp = tf.minimum(tf.sub(right, 0.1), -0.01)
  return tf.concat([tf.zerosLike(x), runnerUp, tf.sub(tf.mul(right, -16), 3)], 1)
})

test.serial(
  'targets are tried in the order of the clean logits, also where leaving the label fails',
  leavesNoTensors(t => {
    const x = tf.fill([2, 1], 0.5)
    const attempt = (options: object) => {
      const config = { name: 'pgd', steps: 10, restarts: 1, randomStart: false, ...options }
      const { values, queries } = run(decoy, make(config, 0.25), x, [0, 0])
      return { broken: values[0]! < 0.5 - 3 / 16, queries: queries[0]! }
    }
    t.deepEqual(attempt({}), { broken: false, queries: 11 })
    for (const loss of ['ce', 'margin', 'dlr']) {
      t.deepEqual(attempt({ loss, targets: 1 }), { broken: false, queries: 12 }, loss)
      const second = attempt({ loss, targets: 9 })
      t.true(second.broken, loss)
      t.true(second.queries > 12 && second.queries < 23, `${second.queries}`)
    }
    x.dispose()
  }),
)

test.serial(
  'an example that is misclassified as it is costs a targeted attack one query',
  leavesNoTensors(t => {
    const x = tf.fill([2, 1], 0.5)
    const { values, queries } = run(decoy, make({ name: 'pgd', targets: 2 }, 0.2), x, [2, 0])
    t.is(values[0], 0.5)
    t.is(queries[0], 1)
    t.true(queries[1]! > 1)
    x.dispose()
  }),
)

/** A victim that never errs; its gradient is `first` in the first call and `later` after it. */
function fading(first: number, later: number): Victim {
  let calls = 0
  const victim = linear([0])
  return {
    ...victim,
    lossGradient(x, loss) {
      const { gradient, ...rest } = victim.lossGradient!(x, loss)
      gradient.dispose()
      calls += 1
      return { gradient: tf.fill(x.shape, calls === 1 ? first : later), ...rest }
    },
  }
}

test.serial(
  'momentum carries on where gradients vanish or are not numbers',
  leavesNoTensors(t => {
    const x = tf.fill([1, 1], 0.5)
    for (const later of [0, Number.NaN]) {
      const go = (name: string) =>
        run(fading(1e-20, later), make({ name, steps: 4 }, 0.2), x, [0]).values[0]!
      near(t, [go('mi-fgsm'), go('bim')], [[0.7, 0.55]])
    }
    for (const norm of ['linf', 'l2', 'l1']) {
      const attack = make({ name: 'mi-fgsm', norm }, 0.2)
      t.is(run(fading(Number.NaN, 0), attack, x, [0]).values[0], 0.5)
    }
    x.dispose()
  }),
)
