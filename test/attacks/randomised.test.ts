import test, { type ExecutionContext } from 'ava'
import { attackSchema, createAttack } from '../../attacks/create-attack.ts'
import { expectation, overExpectation } from '../../attacks/expectation.ts'
import { crossEntropy } from '../../attacks/losses.ts'
import type { Victim } from '../../attacks/victim.ts'
import { architectureSchema, buildNetwork } from '../../models/architecture.ts'
import { initialise } from '../../models/initialise.ts'
import { imageInput } from '../../models/input.ts'
import { tf } from '../../src/engine/tf.ts'
import { type CraftedSet, craft } from '../../src/evaluation/attack-model.ts'
import { judgeRandomised } from '../../src/evaluation/judge-randomised.ts'
import { networkVictim } from '../../src/evaluation/network-victim.ts'
import { randomisedVictim } from '../../src/evaluation/randomised-victim.ts'
import { clipToThreatModel } from '../../src/evaluation/threat-model.ts'
import { stream } from '../../src/random/stream.ts'
import {
  distance,
  leavesNoTensors,
  normalTensor,
  uniformTensor,
  useEngine,
} from '../with-engine.ts'

useEngine()

const mlp = (hidden: readonly number[]) =>
  buildNetwork(architectureSchema.parse({ name: 'mlp', hidden }), imageInput([4, 4, 1], 3))

/** A linear classifier and one with a hidden layer, with weights that training would not give. */
function weighted(t: ExecutionContext, hidden: readonly number[]) {
  const network = mlp(hidden)
  const parameters = Object.fromEntries(
    network.parameters.map(({ name, shape }) => [name, normalTensor([...shape], name)]),
  )
  t.teardown(() => tf.dispose(parameters as Record<string, tf.Tensor>))
  return { network, parameters }
}

const gaussian = (sigma: number | readonly number[]) => ({ kind: 'gaussian' as const, sigma })

test.serial('noise of size zero is the network itself, to the last bit', t => {
  const { network, parameters } = weighted(t, [8])
  const x = uniformTensor([5, 4, 4, 1], 'images')
  const labels = tf.tensor1d([0, 1, 2, 0, 1], 'int32')
  const [plain, quiet] = [
    networkVictim(network, parameters),
    randomisedVictim(network, parameters, gaussian([0, 0]), 1),
  ].map(victim => {
    const { gradient, losses, logits } = victim.lossGradient!(x, crossEntropy(labels))
    const values = [gradient, losses, logits].map(tensor => Array.from(tensor.dataSync()))
    tf.dispose([gradient, losses, logits])
    return values
  })
  t.deepEqual(quiet, plain)
  tf.dispose([x, labels])
  t.throws(() => randomisedVictim(network, parameters, gaussian([1]), 1), {
    message: /^invalid sigma: 1 values/,
  })
})

test.serial('every call and row draws afresh, of the law asked for, from the seed', t => {
  const { network, parameters } = weighted(t, [])
  const image = uniformTensor([1, 4, 4, 1], 'image')
  const x = tf.tile(image, [2000, 1, 1, 1])
  const clean = network.logits(parameters, image)
  const errors = (seed: number, kind: 'gaussian' | 'laplace' = 'gaussian') => {
    const victim = randomisedVictim(network, parameters, { kind, sigma: 0.5 }, seed)
    return [1, 2].map(() => {
      const logits = victim.logits(x)
      const change = tf.sub(logits, clean)
      const values = Float64Array.from(change.dataSync())
      tf.dispose([logits, change])
      return values
    })
  }
  const [first, second] = errors(1)
  const mean = (values: Float64Array) => values.reduce((sum, v) => sum + v, 0) / values.length
  for (const noise of [first!, second!]) {
    t.true(Math.abs(mean(noise)) < 4.5 * (0.5 / Math.sqrt(6000)))
    t.true(Math.abs(mean(noise.map(v => v * v)) - 0.25) < 0.025)
  }
  const together = mean(first!.map((v, at) => v * second![at]!))
  t.true(Math.abs(together) < 4.5 * (0.25 / Math.sqrt(6000)), 'calls are independent')
  const rows = mean(first!.subarray(3).map((v, at) => v * first![at]!))
  t.true(Math.abs(rows) < 4.5 * (0.25 / Math.sqrt(6000)), 'rows are independent')
  t.deepEqual(errors(1)[1], second)
  t.notDeepEqual(errors(2)[0], first)
  const laplace = errors(1, 'laplace')[0]!
  t.true(Math.abs(mean(laplace.map(v => v * v)) - 0.25) < 0.035)
  t.true(mean(laplace.map(v => v ** 4)) / 0.25 ** 2 > 4, 'the tails are heavy')
  tf.dispose([image, x, clean])
})

test.serial(
  'spikes are drawn anew in every call where that is asked for',
  leavesNoTensors(t => {
    const snn = architectureSchema.parse({
      name: 'snn',
      hidden: [8],
      steps: 4,
      encoding: 'poisson',
    })
    const spiking = buildNetwork(snn, imageInput([4, 4, 1], 3))
    const parameters = initialise(spiking, 1)
    const x = uniformTensor([4, 4, 4, 1], 'images')
    const calls = (own: boolean) => {
      const victim = randomisedVictim(spiking, parameters, { ...gaussian(0), own }, 1)
      return [1, 2].map(() => tf.tidy(() => victim.logits(x).dataSync()))
    }
    const [first, second] = calls(true)
    t.notDeepEqual(first, second)
    t.deepEqual(calls(true), [first, second])
    const fixed = tf.tidy(() => spiking.logits(parameters, x).dataSync())
    t.deepEqual(calls(false), [fixed, fixed])
    tf.dispose([x, parameters as Record<string, tf.Tensor>])
  }),
)

test.serial('the gradient is that of the pass whose scores come with it', t => {
  const { network, parameters } = weighted(t, [])
  const victim = randomisedVictim(network, parameters, gaussian(2), 1)
  const x = uniformTensor([4, 4, 4, 1], 'images')
  const labels = tf.tensor1d([0, 1, 2, 0], 'int32')
  const { gradient, logits, losses } = victim.lossGradient!(x, crossEntropy(labels))
  // Of a linear model: (softmax z − onehot y) Wᵀ.
  const expected = tf.tidy(() => {
    const error = tf.sub(tf.softmax(logits), tf.oneHot(labels, 3)) as tf.Tensor2D
    const weight = parameters['dense1/weight'] as tf.Tensor2D
    return tf.reshape(tf.matMul(error, weight, false, true), [4, 4, 4, 1])
  })
  t.true(distance(gradient, expected) < 1e-5)
  tf.dispose([x, labels, gradient, logits, losses, expected])
})

test.serial(
  'the expectation is the mean of single draws: scores, losses and gradients',
  leavesNoTensors(t => {
    const network = mlp([8])
    const parameters = Object.fromEntries(
      network.parameters.map(({ name, shape }) => [name, normalTensor([...shape], name)]),
    )
    const x = uniformTensor([3, 4, 4, 1], 'images')
    const labels = tf.tensor1d([0, 1, 2], 'int32')
    const [single, averaged] = [1, 2].map(() =>
      randomisedVictim(network, parameters, gaussian([1, 0]), 1),
    )
    const draws = [1, 2, 3, 4, 5].map(() => single!.lossGradient!(x, crossEntropy(labels)))
    const mean = expectation(averaged!, 5).lossGradient!(x, crossEntropy(labels))
    for (const name of ['gradient', 'losses', 'logits'] as const) {
      const expected = tf.tidy(() => tf.mean(tf.stack(draws.map(draw => draw[name])), 0))
      t.true(distance(mean[name], expected) < 1e-5, name)
      t.true(distance(mean[name], draws[0]![name]) > 1e-2, name)
      expected.dispose()
    }
    const scores = expectation(averaged!, 5).logits(x)
    t.deepEqual(scores.shape, [3, 3])
    const { classes, bounds, inputShape, logits } = single!
    const blackBox: Victim = { classes, bounds, inputShape, capabilities: [], logits }
    t.is(expectation(blackBox, 5).lossGradient, undefined)
    tf.dispose([x, labels, scores, ...Object.values(mean), parameters])
    for (const draw of draws) tf.dispose({ ...draw })
  }),
)

const size = 16
const count = 12
const split = {
  images: uniformValues(count * size).map(u => 0.49 + 0.02 * u),
  labels: new Uint8Array(count),
  count,
}

function uniformValues(length: number): Float32Array {
  return stream(1, 'test', 'noise layer').uniforms(new Float32Array(length))
}

/**
 * A network with a noise layer that hides the way. On average the second score leads by
 * `Σ ±(xᵢ − ½) − 1.6`: two of the hidden units carry that sum. The others are decoys, two for each
 * input value that cancel on average, but in one pass the noise opens only one of them now and then,
 * and its slope is five times that of the sum.
 */
function decoyNetwork(t: ExecutionContext) {
  const network = buildNetwork(
    architectureSchema.parse({ name: 'mlp', hidden: [2 + 2 * size] }),
    imageInput([4, 4, 1], 2),
  )
  const way = Array.from({ length: size }, (_, i) => (i % 3 === 0 ? -1 : 1))
  const first = way.map((sign, i) => [
    sign,
    -sign,
    ...way.flatMap((_, j) => (i === j ? [5, 5] : [0, 0])),
  ])
  const bias = first[0]!.map((_, unit) => -0.5 * first.reduce((sum, row) => sum + row[unit]!, 0))
  const parameters = {
    'dense1/weight': tf.tensor2d(first),
    'dense1/bias': tf.tensor1d(bias),
    'dense2/weight': tf.tensor2d(bias.map((_, unit) => (unit % 2 === 0 ? [0, 1] : [0, -1]))),
    'dense2/bias': tf.tensor1d([1.6, 0]),
  }
  t.teardown(() => tf.dispose(parameters))
  return { network, parameters }
}

/** What an attack on the mean of some draws makes of the images of the split. */
function craftBy(victim: Victim, config: object, draws: number): Promise<CraftedSet> {
  const plain = createAttack(attackSchema.parse(config), 0.2)
  return craft(draws > 1 ? overExpectation(plain, draws) : plain, victim, split, count, 1)
}

const successes = (victim: Victim, crafted: CraftedSet, draws: number) =>
  judgeRandomised(victim, split, crafted, draws).filter(({ success }) => success).length

test.serial(
  'a noise layer: the mean gradient breaks what the gradient of one draw does not',
  async t => {
    const { network, parameters } = decoyNetwork(t)
    const victim = randomisedVictim(network, parameters, gaussian([0.1, 0]), 1)
    const judge = () => randomisedVictim(network, parameters, gaussian([0.1, 0]), 2)
    const one = await craftBy(victim, { name: 'fgsm' }, 1)
    const many = await craftBy(victim, { name: 'fgsm' }, 50)
    t.is(successes(judge(), many, 40), count)
    const broken = successes(judge(), one, 40)
    t.true(broken <= count / 2, `${broken} of ${count}`)
    t.is(many.queries[0], 50 * one.queries[0]!)
  },
)

test.serial(
  'a noise layer: one draw takes chance for success and stops, the mean goes on',
  async t => {
    const { network, parameters } = decoyNetwork(t)
    const victim = randomisedVictim(network, parameters, gaussian([0.6, 0]), 1)
    const judge = () => randomisedVictim(network, parameters, gaussian([0.6, 0]), 2)
    const pgd = { name: 'pgd', steps: 20, restarts: 2 }
    const one = await craftBy(victim, pgd, 1)
    const many = await craftBy(victim, { ...pgd, iterate: 'last', restarts: 1 }, 40)
    t.is(successes(judge(), many, 60), count)
    const broken = successes(judge(), one, 60)
    t.true(broken <= count / 2, `${broken} of ${count}`)
    // It believed to have broken them: it stopped before its last step of the last restart.
    t.true(one.queries.filter(queries => queries < 2 * 21).length > count / 2)
  },
)

test.serial('an expectation describes itself in the configuration of an attack', t => {
  const attack = createAttack(attackSchema.parse({ name: 'square', queries: 3 }), 0.1)
  const averaged = overExpectation(attack, 20)
  t.deepEqual(averaged.config, { ...attack.config, draws: 20 })
  t.deepEqual([averaged.name, averaged.requires], [attack.name, attack.requires])
})

/** The second class leads far in one pass of ten, the first a little in the others. */
test.serial(
  'the mean of the scores of fresh passes decides, clean and adversarial, not the majority',
  leavesNoTensors(t => {
    let passes = 0
    const victim: Victim = {
      classes: 2,
      bounds: [0, 1],
      inputShape: [4, 4, 1],
      capabilities: [],
      logits(x) {
        const lead = passes++ % 10 === 0 ? 20 : -1
        return tf.tidy(() => {
          const strength = tf.max(tf.reshape(x, [-1, size]), 1, true)
          const moved = tf.cast(tf.greater(strength, 0.55), 'float32')
          return tf.concat([tf.zerosLike(moved), tf.sub(tf.mul(moved, lead + 1), 1)], 1)
        }) as tf.Tensor2D
      },
    }
    const nothing = { queries: new Float32Array(count), brokenBy: new Float32Array(count) }
    const clean = { ...clipped(0), ...nothing }
    const far = { ...clipped(0.1), ...nothing }
    t.is(successes(victim, clean, 20), 0)
    t.is(passes, 40)
    t.is(successes(victim, far, 20), count)
    t.throws(() => judgeRandomised(victim, split, far, 19), {
      instanceOf: RangeError,
      message: /^invalid draws: 19/,
    })
  }),
)

const clipped = (change: number) =>
  clipToThreatModel(
    split.images,
    split.images.map(v => v + change),
    size,
    'linf',
    0.1,
  )
