import test from 'ava'
import { attackRandom } from '../../attacks/attack-random.ts'
import { attackSchema } from '../../attacks/create-attack.ts'
import { estimateInputGradient } from '../../attacks/estimate-input-gradient.ts'
import type { StepRule } from '../../attacks/estimated-ascent.ts'
import { crossEntropy, margin } from '../../attacks/losses.ts'
import { steepestMean } from '../../attacks/nes.ts'
import { adam } from '../../attacks/spsa.ts'
import type { AttackLoss, Victim } from '../../attacks/victim.ts'
import { architectureSchema, buildNetwork } from '../../models/architecture.ts'
import { initialise } from '../../models/initialise.ts'
import { imageInput } from '../../models/input.ts'
import { tf } from '../../src/engine/tf.ts'
import { networkVictim } from '../../src/evaluation/network-victim.ts'
import { leavesNoTensors, uniformTensor, useEngine } from '../with-engine.ts'
import { broken, linearGame, near, obeysTheContract, play } from './black-box-contract.ts'

useEngine()

const slope = [2, -1, 0.5, 0]
const curvature = [
  [1, 0.5, 0, 0],
  [0.5, -2, 0, 0.25],
  [0, 0, 3, 0],
  [0, 0.25, 0, 0.5],
]
const point = [0.3, 0.6, 0.1, 0.9]

/** One score, `w·x + s xᵀAx / 2`, whose gradient is `w + s A x`. */
function polynomial(s: number): Victim {
  return {
    classes: 1,
    bounds: [0, 1],
    inputShape: [2, 2, 1],
    capabilities: [],
    logits: input =>
      tf.tidy(() => {
        const x = tf.reshape(input, [-1, 4]) as tf.Tensor2D
        const linear = tf.matMul(x, tf.tensor2d(slope, [4, 1]))
        const form = tf.sum(tf.mul(tf.matMul(x, tf.tensor2d(curvature)), x), 1, true)
        return tf.add(linear, tf.mul(form, s / 2))
      }) as tf.Tensor2D,
  }
}

/** The score itself as a loss, whatever the label. */
const score = (): AttackLoss => logits => tf.reshape(logits, [-1]) as tf.Tensor1D

const trials = 3000

/** Mean and variance of every entry over independent estimates, one for each row of a batch. */
function moments(victim: Victim, options: object) {
  return tf.tidy(() => {
    const gradient = estimateInputGradient(
      {
        victim,
        x: tf.tensor(Array(trials).fill(point).flat(), [trials, 2, 2, 1]),
        labels: tf.zeros([trials], 'int32'),
        loss: score,
        random: attackRandom(5, [...Array(trials).keys()]),
        round: 0,
      },
      { law: 'gaussian', samples: 4, sigma: 0.3, antithetic: true, ...options },
    )
    const { mean, variance } = tf.moments(tf.reshape(gradient, [trials, 4]), 0)
    return { mean: mean.dataSync(), variance: variance.dataSync() }
  })
}

for (const law of ['gaussian', 'rademacher']) {
  for (const antithetic of [true, false]) {
    for (const s of [0, 1]) {
      const form = `${law}, ${antithetic ? 'pairs' : 'clean baseline'}, ${s ? 'quadratic' : 'linear'}`
      test.serial(
        `the estimated input gradient has the mean of the closed form: ${form}`,
        leavesNoTensors(t => {
          const { mean, variance } = moments(polynomial(s), { law, antithetic })
          slope.forEach((w, i) => {
            const expected = w + s * curvature[i]!.reduce((sum, a, j) => sum + a * point[j]!, 0)
            near(t, mean[i]!, expected, 4.5 * Math.sqrt(variance[i]! / trials))
          })
        }),
      )
    }
  }
}

test.serial(
  'on a smooth network the estimate points where autodiff points',
  leavesNoTensors(t => {
    const network = buildNetwork(
      architectureSchema.parse({ name: 'mlp', hidden: [8], activation: 'tanh' }),
      imageInput([4, 4, 1], 3),
    )
    const parameters = initialise(network, 2)
    const victim = networkVictim(network, parameters)
    const x = uniformTensor([5, 4, 4, 1], 'images')
    const labels = tf.tensor1d([0, 1, 2, 1, 0], 'int32')
    const random = attackRandom(1, [0, 1, 2, 3, 4])
    const cosines = (samples: number) =>
      tf.tidy(() => {
        const request = { victim, x, labels, loss: crossEntropy, random, round: 0 }
        const options = { law: 'gaussian', samples, sigma: 0.01, antithetic: true } as const
        const { gradient } = victim.lossGradient!(x, crossEntropy(labels))
        const [a, b] = [estimateInputGradient(request, options), gradient].map(one =>
          tf.reshape(one, [5, 16]),
        )
        const lengths = tf.mul(tf.norm(a!, 2, 1), tf.norm(b!, 2, 1))
        return Array.from(tf.div(tf.sum(tf.mul(a!, b!), 1), lengths).dataSync())
      })
    // With n pairs in d dimensions about 1 / √(1 + (d + 1) / n).
    for (const cosine of cosines(2000)) t.true(cosine > 0.98, `${cosine}`)
    const few = cosines(34).reduce((sum, cosine) => sum + cosine / 5, 0)
    near(t, few, 1 / Math.sqrt(2), 0.15)
    tf.dispose([x, labels, parameters as Record<string, tf.Tensor>])
  }),
)

test.serial('on a linear loss the variance is that of the closed form', t => {
  // (w·ε) εᵢ has variance ‖w‖² + wᵢ² with Gaussian noise and ‖w‖² − wᵢ² with signs.
  const total = slope.reduce((sum, w) => sum + w * w, 0)
  for (const [law, sign] of [
    ['gaussian', 1],
    ['rademacher', -1],
  ] as const) {
    for (const [antithetic, draws] of [
      [true, 2],
      [false, 4],
    ] as const) {
      const { variance } = moments(polynomial(0), { law, antithetic })
      slope.forEach((w, i) => {
        near(t, variance[i]!, (total + sign * w * w) / draws, 0.15 * (total / draws) + 1e-3)
      })
    }
  }
})

test.serial('an estimate is the same in small and large passes, and needs even pairs', t => {
  const estimate = (samples: number, batch: number) =>
    tf.tidy(() =>
      estimateInputGradient(
        {
          victim: polynomial(1),
          x: tf.tensor(Array(batch).fill(point).flat(), [batch, 2, 2, 1]),
          labels: tf.zeros([batch], 'int32'),
          loss: score,
          random: attackRandom(5, [...Array(batch).keys()]),
          round: 1,
        },
        { law: 'rademacher', samples, sigma: 0.1, antithetic: true },
      ).dataSync(),
    )
  // 150 000 samples of 4 values are more than half a pass.
  const [one, three] = [estimate(150_000, 1), estimate(150_000, 3)]
  t.deepEqual(three.slice(0, 4), one)
  t.throws(() => estimate(3, 1), { instanceOf: RangeError, message: /^invalid samples: 3/ })
})

test.serial(
  'the margin loss is how far the best rival is ahead, also of negative scores',
  leavesNoTensors(t => {
    const values = tf.tidy(() =>
      margin(tf.tensor1d([0, 2], 'int32'))(
        tf.tensor2d([
          [-1, -5, -6],
          [3, 4, 1],
        ]),
      ).dataSync(),
    )
    t.deepEqual([...values], [-4, 3])
  }),
)

const spsa = { name: 'spsa', steps: 40, samples: 32 }
const nes = { name: 'nes', steps: 40, samples: 32 }
const scoreGradient = { name: 'score-gradient', steps: 20, samples: 64 }

for (const norm of ['linf', 'l2'] as const) {
  obeysTheContract(`spsa ${norm}`, { ...spsa, norm }, 2.5)
  obeysTheContract(`nes ${norm}`, { ...nes, norm }, 2.5)
  obeysTheContract(`score gradient ${norm}`, { ...scoreGradient, norm }, 2.5)

  for (const [title, config, share] of [
    ['spsa', { ...spsa, samples: 128 }, 0.9],
    ['nes', { ...nes, relativeStep: 0.05 }, 0.9],
    ['score gradient', { ...scoreGradient, samples: 400 }, 0.85],
    [
      'score gradient without pairs',
      { ...scoreGradient, samples: 800, antithetic: false, randomStart: true },
      0.85,
    ],
  ] as const) {
    test.serial(
      `${title} ${norm}: on a linear model it comes near the optimum`,
      leavesNoTensors(t => {
        const game = linearGame([4, 4, 1], 2)
        const epsilon = 0.9 * Math.min(...game.distances[norm])
        // The closest boundary is `distance` away, so the best attack covers epsilon / distance.
        const played = play(game, { ...config, norm }, epsilon)
        for (const [example, { values }] of played) {
          const [before, after] = [game.inputs[example]!, values].map(x =>
            marginOf(game, example, x),
          )
          const covered = (before! - after!) / before!
          const best = epsilon / game.distances[norm][example]!
          t.true(covered <= best * (1 + 1e-4) && covered > share * best, `${covered} of ${best}`)
        }
      }),
    )
  }
}

/** By how much the label's score leads. */
function marginOf(game: ReturnType<typeof linearGame>, example: number, x: Float32Array): number {
  return tf.tidy(() => {
    const logits = game.victim.logits(tf.tensor(x, [1, ...game.shape])).dataSync()
    return logits[game.labels[example]!]! - logits[1 - game.labels[example]!]!
  })
}

test.serial('gradients from scores climb where autodiff sees a flat loss', t => {
  const game = linearGame([4, 4, 1], 2)
  const quantised: Victim = {
    ...game.victim,
    logits: x => tf.tidy(() => game.victim.logits(tf.div(tf.round(tf.mul(x, 16)), 16))),
  }
  const labels = game.inputs.map(x =>
    tf.tidy(() =>
      Number(tf.argMax(quantised.logits(tf.tensor(x, [1, ...game.shape])), 1).dataSync()[0]),
    ),
  )
  const rough = { ...game, victim: quantised, labels }
  const epsilon = 2.5 * Math.max(...game.distances.linf)
  t.is(broken(rough, play(rough, scoreGradient, epsilon)).length, 6)
})

/** The changes that a rule makes of one gradient after the other. */
const changes = (rule: StepRule, gradients: readonly (readonly number[])[]) =>
  tf.tidy(() => {
    let memory = rule.start(tf.zeros([1, 3]))
    return gradients.map((gradient, step) => {
      const move = rule.move(tf.tensor2d([[...gradient]]), memory, step)
      memory = move.memory
      return Array.from(move.change.dataSync())
    }) as unknown as tf.TensorContainerArray
  }) as unknown as number[][]

test.serial(
  'Adam moves by its rate while the gradient stays, and by the written-out mean when it turns',
  leavesNoTensors(t => {
    const same = changes(adam(0.1), Array(6).fill([5, -0.001, 0]))
    for (const change of same) {
      for (const [i, expected] of [0.1, -0.1, 0].entries()) near(t, change[i]!, expected, 1e-5)
    }
    const [, turned] = changes(adam(0.1), [
      [1, 2, 0],
      [-1, 2, 3],
    ])
    // m = (0.9·0.1·g₁ + 0.1·g₂) / 0.19, v = (0.999·0.001·g₁² + 0.001·g₂²) / 0.001999.
    near(t, turned![0]!, (0.1 * (0.09 - 0.1)) / 0.19, 1e-5)
    near(t, turned![2]!, (0.1 * (0.3 / 0.19)) / Math.sqrt(9 / 1.999), 1e-5)
  }),
)

test.serial(
  'NES follows the running mean of gradients, not the last',
  leavesNoTensors(t => {
    const gradients = [
      [1, -1, 4],
      [-0.5, -1, -4],
    ]
    const [first, second] = changes(steepestMean('linf', 0.25, 0.9), gradients)
    t.deepEqual(first, [0.25, -0.25, 0.25])
    // 0.09 − 0.05, −0.19 and 0.36 − 0.4.
    t.deepEqual(second, [0.25, -0.25, -0.25])
    const [, along] = changes(steepestMean('l2', 2, 0.9), gradients)
    const mean = [0.04, -0.19, -0.04]
    mean.forEach((value, i) => {
      near(t, along![i]!, (2 * value) / Math.hypot(...mean), 1e-5)
    })
  }),
)

test('options are checked where a plan is read', t => {
  for (const config of [
    { name: 'spsa', samples: 3 },
    { name: 'nes', norm: 'l1' },
    { name: 'score-gradient', samples: 5 },
  ]) {
    t.false(attackSchema.safeParse(config).success)
  }
  const { relativeStep } = attackSchema.parse({ name: 'score-gradient' }) as {
    readonly relativeStep: number
  }
  t.is(relativeStep, 0.125)
})
