import test from 'ava'
import { attackRandom } from '../../attacks/attack-random.ts'
import { randomInBall } from '../../attacks/geometry.ts'
import { crossEntropy as crossEntropyOf } from '../../attacks/losses.ts'
import type { Victim } from '../../attacks/victim.ts'
import { architectureSchema, buildNetwork } from '../../models/architecture.ts'
import { initialise } from '../../models/initialise.ts'
import { imageInput } from '../../models/input.ts'
import { glyphs } from '../../src/data/glyphs.ts'
import { tf } from '../../src/engine/tf.ts'
import { craft, judge } from '../../src/evaluation/attack-model.ts'
import { networkVictim } from '../../src/evaluation/network-victim.ts'
import { clipToThreatModel } from '../../src/evaluation/threat-model.ts'
import { taskOf } from '../../src/tasks/task.ts'
import { createEstimator } from '../../src/training/estimators/create-estimator.ts'
import { crossEntropy } from '../../src/training/loss.ts'
import { train, trainingSchema } from '../../src/training/train.ts'
import { leavesNoTensors, uniformTensor, useEngine } from '../with-engine.ts'
import { goldenInputs, goldenLabels, goldenVictim, make, near, run } from './golden-network.ts'

useEngine()

/**
 * Golden numbers made with PyTorch 2.13, cleverhans 4.0.0 and torchattacks 3.5.1 on the golden
 * network.
 */
const golden = {
  logits: [
    [-0.146942, -1.119136],
    [-1.178313, -0.588451],
    [-0.763555, -0.79583],
    [-0.045983, -1.154616],
  ],
  gradient: [
    [0.164942, -0.350804],
    [-0.384684, 0.683804],
    [0.552823, -0.972801],
    [-0.331034, 0.80163],
  ],
  fgmLinf: [
    [0.3, 0.8],
    [0.6, 0.4],
    [0.6, 0.4],
    [0, 1],
  ],
  fgmL1: [
    [0.2, 0.8],
    [0.7, 0.4],
    [0.5, 0.4],
    [0.05, 1],
  ],
  fgmL2: [
    [0.24255, 0.809504],
    [0.65097, 0.387155],
    [0.549407, 0.413058],
    [0.011831, 1],
  ],
  pgdL2: [
    [0.243937, 0.810169],
    [0.65069, 0.386998],
    [0.54951, 0.413116],
    [0, 1],
  ],
}

/** PGD as the libraries run it: from the clean point, five steps of 0.03, the last iterate. */
const libraryPgd = (norm: string) =>
  make(
    {
      name: 'pgd',
      norm,
      steps: 5,
      relativeStep: 0.3,
      restarts: 1,
      randomStart: false,
      iterate: 'last',
    },
    0.1,
  )

test.serial('logits and loss gradient are the golden ones', t => {
  const victim = goldenVictim(t)
  const x = tf.tensor4d(goldenInputs.flat(), [4, 2, 1, 1])
  const labels = tf.tensor1d(goldenLabels, 'int32')
  const { gradient, logits, losses } = victim.lossGradient!(x, crossEntropyOf(labels))
  near(t, logits.dataSync(), golden.logits)
  near(t, gradient.dataSync(), golden.gradient)
  tf.dispose([x, labels, gradient, logits, losses])
})

for (const [name, attack, expected] of [
  ['FGM Linf', () => make({ name: 'fgsm', norm: 'linf' }, 0.1), golden.fgmLinf],
  ['FGM L2', () => make({ name: 'fgsm', norm: 'l2' }, 0.1), golden.fgmL2],
  ['FGM L1', () => make({ name: 'fgsm', norm: 'l1' }, 0.1), golden.fgmL1],
  ['PGD Linf', () => libraryPgd('linf'), golden.fgmLinf],
  ['PGD L2', () => libraryPgd('l2'), golden.pgdL2],
] as const) {
  test.serial(`${name} gives the golden examples`, t => {
    const x = tf.tensor4d(goldenInputs.flat(), [4, 2, 1, 1])
    near(t, run(goldenVictim(t), attack(), x, goldenLabels).values, expected)
    x.dispose()
  })
}

/** A linear classifier: the best Linf attack is known, FGSM reaches it in one step. */
test.serial('on a linear model FGSM and PGD reach the optimum in closed form', t => {
  const network = buildNetwork(
    architectureSchema.parse({ name: 'mlp', hidden: [] }),
    imageInput([6, 1, 1], 2),
  )
  const parameters = initialise(network, 8)
  const victim = networkVictim(network, parameters)
  const x = tf.tidy(() => tf.add(tf.mul(uniformTensor([5, 6, 1, 1], 'linear'), 0.4), 0.3))
  const weights = parameters['dense1/weight']!.arraySync() as number[][]
  const values = x.dataSync()
  const best = Array.from({ length: 5 }, (_, n) =>
    weights.map((w, i) => values[n * 6 + i]! + 0.1 * Math.sign(w[1]! - w[0]!)),
  )
  const labels = [0, 0, 0, 0, 0]
  near(t, run(victim, make({ name: 'fgsm' }, 0.1), x, labels).values, best)
  const pgd = make({ name: 'pgd', steps: 20, restarts: 1, iterate: 'last' }, 0.1)
  near(t, run(victim, pgd, x, labels).values, best)
  tf.dispose([x, parameters as Record<string, tf.Tensor>])
})

const dataset = glyphs({ train: 1000, test: 60, seed: 0 })
const network = buildNetwork(
  architectureSchema.parse({ name: 'mlp', hidden: [32] }),
  imageInput([16, 16, 1], 10),
)
const trained = (() => {
  let once: ReturnType<typeof train> | undefined
  return () => {
    const options = trainingSchema.parse({ epochs: 10, learningRate: 0.01, batch: 50 })
    once ??= train({
      network,
      task: taskOf(dataset),
      estimator: createEstimator({ name: 'bp' }, crossEntropy),
      options,
      seed: 0,
    })
    return once
  }
})()

const attacks = [
  ['fgsm linf', { name: 'fgsm', norm: 'linf' }, 0.05],
  ['fgsm l2', { name: 'fgsm', norm: 'l2' }, 0.5],
  ['fgsm l1', { name: 'fgsm', norm: 'l1' }, 4],
  ['pgd linf', { name: 'pgd', norm: 'linf', steps: 5, restarts: 2 }, 0.05],
  ['pgd l2', { name: 'pgd', norm: 'l2', steps: 5, restarts: 2 }, 0.5],
  ['pgd l1', { name: 'pgd', norm: 'l1', steps: 5, restarts: 2 }, 5],
  [
    'pgd targeted',
    { name: 'pgd', norm: 'l2', steps: 5, restarts: 1, loss: 'dlr', targets: 3 },
    0.5,
  ],
  ['bim l1', { name: 'bim', norm: 'l1' }, 5],
  ['apgd-ce linf', { name: 'apgd-ce', norm: 'linf', steps: 10 }, 0.05],
  ['apgd-ce l1', { name: 'apgd-ce', norm: 'l1', steps: 10, restarts: 2 }, 5],
  ['apgd-dlr l2', { name: 'apgd-dlr', norm: 'l2', steps: 10 }, 0.5],
  ['apgd-t linf', { name: 'apgd-t', norm: 'linf', steps: 5, targets: 3 }, 0.05],
  ['apgd-t l1', { name: 'apgd-t', norm: 'l1', steps: 5, targets: 2 }, 5],
  ['mi-fgsm linf', { name: 'mi-fgsm', norm: 'linf' }, 0.05],
] as const

for (const [name, config, epsilon] of attacks) {
  test.serial(`${name}: every example lies in ball and box, and breaks some`, async t => {
    const { parameters } = await trained()
    const before = tf.memory().numTensors
    const crafted = await craft(
      make(config, epsilon),
      networkVictim(network, parameters),
      dataset.test,
      60,
      1,
    )
    t.is(tf.memory().numTensors, before)
    for (let example = 0; example < 60; example++) {
      const [from, to] = [example * 256, (example + 1) * 256]
      const [clean, found] = [dataset.test.images, crafted.adversarial].map(images =>
        images.subarray(from, to),
      )
      const changes = Array.from(found!, (value, at) => Math.abs(value - clean![at]!))
      const size = {
        linf: Math.max(...changes),
        l2: Math.hypot(...changes),
        l1: changes.reduce((sum, change) => sum + change, 0),
      }[config.norm]
      t.true(size <= epsilon * (1 + 1e-6), `${size}`)
    }
    for (const value of crafted.adversarial) t.true(value >= 0 && value <= 1)
    const outcomes = judge(networkVictim(network, parameters), dataset.test, crafted)
    t.true(outcomes.some(({ success }) => success))
  })

  test.serial(`${name}: radius 0 leaves the images alone`, async t => {
    const { parameters } = await trained()
    const crafted = await craft(
      make(config, 0),
      networkVictim(network, parameters),
      dataset.test,
      20,
      1,
    )
    t.deepEqual(crafted.adversarial, dataset.test.images.slice(0, 20 * 256))
  })

  test.serial(`${name}: an example's result does not depend on its batch`, async t => {
    const { parameters } = await trained()
    const victim = networkVictim(network, parameters)
    const attack = make(config, epsilon)
    const craftFor = (examples: readonly number[]) => {
      const pixels = examples.flatMap(n => [
        ...dataset.test.images.subarray(n * 256, n * 256 + 256),
      ])
      const x = tf.tensor(pixels, [examples.length, 16, 16, 1])
      const y = tf.tensor1d(
        examples.map(n => dataset.test.labels[n]!),
        'int32',
      )
      const { adversarial } = attack.run(victim, x, y, attackRandom(7, examples))
      const values = adversarial.dataSync()
      tf.dispose([x, y, adversarial])
      return new Map(examples.map((n, at) => [n, values.slice(at * 256, at * 256 + 256)]))
    }
    const [forward, backward, alone] = [[3, 9, 14, 27], [27, 14, 9, 3], [14]].map(craftFor)
    for (const n of [3, 9, 14, 27]) t.deepEqual(forward!.get(n), backward!.get(n), `example ${n}`)
    t.deepEqual(alone!.get(14), forward!.get(14))
  })
}

const robust = async (config: object, epsilon: number, seed = 1) => {
  const { parameters } = await trained()
  const crafted = await craft(
    make(config, epsilon),
    networkVictim(network, parameters),
    dataset.test,
    60,
    seed,
  )
  const outcomes = judge(networkVictim(network, parameters), dataset.test, crafted)
  return outcomes.filter(o => o.adversarialPrediction === o.label && o.cleanPrediction === o.label)
}

test.serial('larger radii break more, PGD more than FGSM, a huge radius everything', async t => {
  const pgd = { name: 'pgd', steps: 10, restarts: 2 }
  const [small, middle, large] = [
    (await robust(pgd, 0.01)).length,
    (await robust(pgd, 0.04)).length,
    (await robust({ ...pgd, steps: 40 }, 1)).length,
  ]
  t.true(small > middle, `${small} > ${middle}`)
  t.is(large, 0)
  t.true((await robust({ name: 'fgsm' }, 0.04)).length >= middle)
})

for (const [name, config, small, large] of [
  ['PGD in L1', { name: 'pgd', norm: 'l1', steps: 10, restarts: 1 }, 1, 3],
  ['APGD-CE in L1', { name: 'apgd-ce', norm: 'l1', steps: 10, restarts: 1 }, 1, 3],
  ['APGD-T', { name: 'apgd-t', steps: 10, targets: 3 }, 0.01, 0.04],
  ['MI-FGSM', { name: 'mi-fgsm' }, 0.01, 0.04],
] as const) {
  test.serial(`${name}: larger radii break more`, async t => {
    const [few, many] = [(await robust(config, large)).length, (await robust(config, small)).length]
    t.true(few < many, `${few} < ${many}`)
  })
}

test.serial('APGD breaks what FGSM and BIM break', async t => {
  const strong = await robust({ name: 'apgd-ce', steps: 40 }, 0.03)
  t.true(strong.length > 0)
  for (const name of ['fgsm', 'bim']) {
    const weak = new Set((await robust({ name }, 0.03)).map(({ example }) => example))
    for (const { example } of strong) t.true(weak.has(example), `${name}, example ${example}`)
  }
})

test.serial('restarts only add successes; the seed fixes the result', async t => {
  const config = { name: 'pgd', steps: 3, restarts: 1 }
  const one = new Set((await robust(config, 0.03)).map(({ example }) => example))
  const many = await robust({ ...config, restarts: 6 }, 0.03)
  for (const { example } of many) t.true(one.has(example))
  t.deepEqual(
    (await robust(config, 0.03, 5)).map(({ example }) => example),
    (await robust(config, 0.03, 5)).map(({ example }) => example),
  )
})

test.serial('the best iterate is kept: success is never lost at a later step', async t => {
  const config = { name: 'pgd', steps: 8, restarts: 1 }
  const best = new Set((await robust(config, 0.03)).map(({ example }) => example))
  const last = await robust({ ...config, iterate: 'last' }, 0.03)
  t.true(best.size <= last.length)
})

/** A victim whose gradient is zero here and not a number there. */
test.serial(
  'zero and NaN gradients leave an example where it is',
  leavesNoTensors(t => {
    const victim: Victim = {
      classes: 2,
      bounds: [0, 1],
      inputShape: [3, 1, 1],
      capabilities: ['lossGradient'],
      logits: x => tf.tidy(() => tf.mul(tf.ones([x.shape[0]!, 2]), [1, 0])) as tf.Tensor2D,
      lossGradient: x => ({
        gradient: tf.tensor4d([0, 0, 0, Number.NaN, 1, Number.NaN], [2, 3, 1, 1]),
        losses: tf.zeros([2]),
        logits: victim.logits(x),
      }),
    }
    const x = tf.fill([2, 3, 1, 1], 0.5)
    for (const norm of ['linf', 'l2', 'l1']) {
      const { values } = run(victim, make({ name: 'fgsm', norm }, 0.1), x, [0, 0])
      t.deepEqual(Array.from(values.subarray(0, 3)), [0.5, 0.5, 0.5])
      t.deepEqual([values[3], values[5]], [0.5, 0.5])
      t.true(Math.abs(values[4]! - 0.6) < 1e-6)
    }
    x.dispose()
  }),
)

test('what an attack returns is forced into ball and box', t => {
  const clean = new Float32Array([0.5, 0.5, 0.9, 0.1])
  const wild = new Float32Array([9, Number.NaN, 2, -3])
  const linf = clipToThreatModel(clean, wild, 2, 'linf', 0.2)
  t.deepEqual(Array.from(linf.adversarial), Array.from(new Float32Array([0.7, 0.5, 1, 0])))
  const l2 = clipToThreatModel(clean, new Float32Array([0.8, 0.9, 0.9, 0.1]), 2, 'l2', 0.25)
  near(t, l2.adversarial, [[0.65, 0.7, 0.9, 0.1]])
  t.true(Math.abs(l2.l2[0]! - 0.25) < 1e-6)
  const l1 = clipToThreatModel(clean, new Float32Array([0.8, 0.9, 0.9, 0.1]), 2, 'l1', 0.35)
  near(t, l1.adversarial, [[0.65, 0.7, 0.9, 0.1]])
  t.true(l1.l1[0]! <= 0.35 && l1.l1[0]! > 0.3499)
  t.throws(() => clipToThreatModel(clean, new Float32Array(3), 2, 'linf', 1), {
    message: /invalid attack/,
  })
})

test('many shrunk changes still sum to the radius at most, though every one is rounded', t => {
  const clean = new Float32Array(3000).fill(0.7)
  const crafted = clean.map((value, at) => value + (at % 2 === 0 ? 0.1 : -0.2) * ((at % 7) / 7))
  for (const norm of ['l1', 'l2'] as const) {
    const clipped = clipToThreatModel(clean, crafted, 3000, norm, 1)
    t.true(clipped[norm][0]! <= 1 && clipped[norm][0]! > 0.9998, `${clipped[norm][0]}`)
  }
})

test('an infinite value counts as the edge of the box', t => {
  const clean = new Float32Array([0.5, 0.5])
  const wild = new Float32Array([Number.POSITIVE_INFINITY, Number.NaN])
  for (const norm of ['l1', 'l2', 'linf'] as const) {
    const { adversarial } = clipToThreatModel(clean, wild, 2, norm, 0.25)
    t.deepEqual(Array.from(adversarial), [0.75, 0.5], norm)
  }
})

test.serial('the random start is uniform in the ball', t => {
  const examples = Array.from({ length: 4000 }, (_, at) => at)
  const random = attackRandom(3, examples)
  const l2 = randomInBall([4000, 3], 'l2', 2, random, 0)
  const rows = l2.arraySync() as number[][]
  const radii = rows.map(row => Math.hypot(...row))
  t.true(radii.every(radius => radius <= 2 * (1 + 1e-5)))
  // In three dimensions half of the volume lies beyond 2^(-1/3) of the radius.
  const beyond = radii.filter(radius => radius > 2 * 0.5 ** (1 / 3)).length / 4000
  t.true(Math.abs(beyond - 0.5) < 4 * Math.sqrt(0.25 / 4000), `${beyond}`)
  const linf = randomInBall([4000, 3], 'linf', 2, random, 0)
  const values = Array.from(linf.dataSync())
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  t.true(values.every(value => Math.abs(value) <= 2))
  t.true(Math.abs(mean) < 4 * Math.sqrt(4 / 3 / values.length))
  tf.dispose([l2, linf])
})

test('an attack names what a victim lacks', async t => {
  const { requireCapabilities } = await import('../../attacks/attack.ts')
  const blackBox: Victim = {
    classes: 2,
    bounds: [0, 1],
    inputShape: [1],
    capabilities: [],
    logits: x => x as tf.Tensor2D,
  }
  t.throws(() => requireCapabilities(make({ name: 'fgsm' }, 0.1), blackBox), {
    message: 'invalid victim: attack fgsm needs lossGradient, which this model lacks',
  })
})
