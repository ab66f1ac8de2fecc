import test from 'ava'
import { attackBy } from '../../attacks/approach.ts'
import { attackSchema } from '../../attacks/create-attack.ts'
import { architectureSchema, buildNetwork } from '../../models/architecture.ts'
import { initialise } from '../../models/initialise.ts'
import { imageInput } from '../../models/input.ts'
import { glyphs } from '../../src/data/glyphs.ts'
import { tf } from '../../src/engine/tf.ts'
import { type CraftedSet, craft, type Unclipped } from '../../src/evaluation/attack-model.ts'
import { networkVictim } from '../../src/evaluation/network-victim.ts'
import { randomisedVictim } from '../../src/evaluation/randomised-victim.ts'
import { judgeNoisy, onNoise } from '../../src/runner/noisy-images.ts'
import type { LoadedVictim } from '../../src/runner/workbench.ts'
import { leavesNoTensors, useEngine } from '../with-engine.ts'

useEngine()

const { test: split, shape, classes } = glyphs({ train: 10, test: 160, seed: 0 })
const network = buildNetwork(
  architectureSchema.parse({ name: 'mlp', hidden: [8] }),
  imageInput(shape, classes.length),
)
const noisy = { seed: 3, inference: { noise: { kind: 'gaussian', sigma: 1 }, draws: 20 } } as const
const attack = attackBy(attackSchema.parse({ name: 'fgsm' }), 0.1, { eot: 4 })

/** A network with its first weights, as a worker has it at hand. */
function loaded(): LoadedVictim & { dispose(): void } {
  const parameters = initialise(network, 0)
  return {
    id: 'model',
    data: { name: 'glyphs', train: 10, test: 160, seed: 0, sha256: '' },
    victim: networkVictim(network, parameters),
    randomised: (noise, seed, ...purpose) =>
      randomisedVictim(network, parameters, noise, seed, ...purpose),
    dispose: () => tf.dispose(parameters as Record<string, tf.Tensor>),
  }
}

test.serial(
  'an attack on noise goes on after a batch as it would have, and gives the same rows again',
  leavesNoTensors(async t => {
    const own = loaded()
    const kept: Unclipped[] = []
    const run = (from?: Unclipped) =>
      craft(onNoise(attack, own, noisy), own.victim, split, 160, noisy.seed, undefined, {
        kept: from,
        keep: async done => {
          kept.push({ ...done, adversarial: done.adversarial.slice() })
        },
      })
    const whole = await run()
    t.is(kept.length, 1)
    t.deepEqual(await run(kept[0]), whole)
    t.deepEqual(whole.queries, new Float32Array(160).fill(4))
    const judged = (crafted?: CraftedSet) =>
      judgeNoisy(own, split, { ...noisy, examples: 160 }, crafted)
    t.deepEqual(judged(whole), judged(whole))
    const clean = judged()
    t.deepEqual(
      clean.map(row => row.cleanPrediction),
      judged(whole).map(row => row.cleanPrediction),
      'without attack the same draws decide',
    )
    t.true(clean.every(row => !row.success && row.adversarialPrediction === row.cleanPrediction))
    own.dispose()
  }),
)

test.serial('another seed or batch draws other noise', async t => {
  const own = loaded()
  t.teardown(() => own.dispose())
  const made = (seed: number) =>
    craft(onNoise(attack, own, { ...noisy, seed }), own.victim, split, 101, seed)
  t.notDeepEqual((await made(1)).adversarial, (await made(2)).adversarial)
})

test('a model of which only answers are known cannot keep noise', t => {
  const { victim, data } = loaded()
  t.throws(
    () => judgeNoisy({ id: 'box', victim, data }, split, { ...noisy, examples: 5 }, undefined),
    {
      message: /^invalid model: box has no sites/,
    },
  )
})
