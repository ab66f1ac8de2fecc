import test, { type ExecutionContext } from 'ava'
import { attackBy, attackSurrogates, storedAttack } from '../../attacks/approach.ts'
import { attackSchema } from '../../attacks/create-attack.ts'
import type { Victim } from '../../attacks/victim.ts'
import { architectureSchema, buildNetwork } from '../../models/architecture.ts'
import { imageInput } from '../../models/input.ts'
import { glyphs } from '../../src/data/glyphs.ts'
import { tf } from '../../src/engine/tf.ts'
import { craft, judge, type Outcome } from '../../src/evaluation/attack-model.ts'
import { networkVictim } from '../../src/evaluation/network-victim.ts'
import { randomisedVictim } from '../../src/evaluation/randomised-victim.ts'
import { taskOf } from '../../src/tasks/task.ts'
import {
  createEstimator,
  type EstimatorInput,
  estimatorSchema,
} from '../../src/training/estimators/create-estimator.ts'
import { lossOf } from '../../src/training/loss.ts'
import { train, trainingSchema } from '../../src/training/train.ts'
import { leavesNoTensors, useEngine } from '../with-engine.ts'

useEngine()

const dataset = glyphs({ train: 400, test: 60, seed: 0 })
const examples = 60

/** A small spiking network after seconds of training. */
async function trained(t: ExecutionContext, arm: EstimatorInput) {
  const architecture = architectureSchema.parse({ name: 'snn', hidden: [64], steps: 4 })
  const network = buildNetwork(architecture, imageInput(dataset.shape, dataset.classes.length))
  const options = trainingSchema.parse({ epochs: 25, batch: 40, learningRate: 0.01 })
  const estimator = createEstimator(estimatorSchema.parse(arm), lossOf(options.loss))
  const { parameters } = await train({
    ...{ network, estimator, options, seed: 0 },
    task: taskOf(dataset),
  })
  t.teardown(() => tf.dispose(parameters as Record<string, tf.Tensor>))
  return { network, parameters, victim: networkVictim(network, parameters) }
}

const pgd = attackSchema.parse({ name: 'pgd', steps: 4, restarts: 2 })
const fgsm = attackSchema.parse({ name: 'fgsm' })
const epsilon = 0.015

/** What becomes of every example when an attack goes through these surrogates. */
async function outcomes(
  victim: Victim,
  asked: typeof pgd,
  surrogates: typeof attackSurrogates,
  radius = epsilon,
) {
  const attack = attackBy(asked, radius, { surrogates })
  const crafted = await craft(attack, victim, dataset.test, examples, 1)
  return judge(victim, dataset.test, crafted)
}

test.serial('an example withstands only where it withstands every surrogate', async t => {
  const { victim } = await trained(t, { name: 'bp' })
  const before = tf.memory().numTensors
  for (const asked of [fgsm, pgd]) {
    const alone: Outcome[][] = []
    for (const surrogate of attackSurrogates) {
      alone.push(await outcomes(victim, asked, [surrogate]))
    }
    const worst = await outcomes(victim, asked, attackSurrogates)
    const broken = (rows: typeof worst) => rows.filter(({ success }) => success).length
    for (const one of alone) t.true(broken(worst) >= broken(one))
    t.true(broken(worst) > Math.min(...alone.map(broken)), 'surrogates differ')
    worst.forEach((row, at) => {
      const label = dataset.test.labels[at]!
      const wrong = alone.map(one => one[at]!.adversarialPrediction !== label)
      t.is(row.success, wrong.includes(true) && row.cleanPrediction === label)
      const tried = wrong.includes(true) ? wrong.indexOf(true) + 1 : alone.length
      t.is(row.brokenBy, wrong.includes(true) ? tried : 0)
      const queries = alone.slice(0, tried).reduce((sum, one) => sum + one[at]!.queries, 0)
      t.is(row.queries, queries)
    })
  }
  t.is(tf.memory().numTensors, before)
})

test.serial('a model trained with the true derivative falls to surrogates alone', async t => {
  const { victim } = await trained(t, { name: 'bp-heaviside' })
  const through = async (surrogates: readonly string[]) => {
    const rows = await outcomes(victim, pgd, surrogates as typeof attackSurrogates, 0.04)
    const correct = rows.filter(row => row.cleanPrediction === row.label)
    const broken = correct.filter(({ success }) => success).length
    return { correct: correct.length, broken }
  }
  // Its own gradient is zero: nothing but the random start moves.
  const own = await through(['heaviside'])
  const all = await through(attackSurrogates)
  t.true(own.correct >= examples / 4, `${own.correct} right`)
  t.true(own.broken <= own.correct / 4, `${own.broken} of ${own.correct} by chance`)
  t.true(all.broken >= 0.9 * all.correct, `${all.broken} of ${all.correct}`)
})

test.serial('AutoAttack runs what follows gradients through each, Square once', t => {
  const options = attackSchema.parse({ name: 'autoattack' })
  const surrogates = ['atan', 'triangular'] as const
  t.deepEqual(attackBy(options, epsilon, { surrogates }).parts, [
    ...['atan apgd-ce', 'atan apgd-t', 'atan fab-t'],
    ...['triangular apgd-ce', 'triangular apgd-t', 'triangular fab-t'],
    'square',
  ])
  t.deepEqual(attackBy(options, epsilon, { surrogates }).requires, ['lossGradient', 'surrogates'])
})

test.serial('what is stored of an attack makes the same attack again', t => {
  const stored = JSON.parse(JSON.stringify({ ...fgsm, surrogates: ['atan'], eot: 20 }))
  t.deepEqual(storedAttack(stored), {
    options: fgsm,
    approach: { surrogates: ['atan'], eot: 20 },
  })
  t.deepEqual(storedAttack(JSON.parse(JSON.stringify(pgd))), { options: pgd, approach: {} })
})

test.serial(
  'a randomised spiking victim is attacked through surrogates by means over draws',
  leavesNoTensors(async t => {
    const { network, parameters } = await trained(t, { name: 'bp' })
    const victim = randomisedVictim(network, parameters, { kind: 'gaussian', sigma: 0.2 }, 1)
    const attack = attackBy(fgsm, epsilon, { surrogates: attackSurrogates, eot: 3 })
    const { queries } = await craft(attack, victim, dataset.test, 10, 1)
    // One gradient and one verdict for each surrogate, each the mean of three draws.
    for (const count of queries) t.true([6, 12, 18].includes(count))
    tf.dispose(parameters as Record<string, tf.Tensor>)
  }),
)
