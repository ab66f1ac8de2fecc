import { join } from 'node:path'
import test from 'ava'
import { imageInput } from '../../models/input.ts'
import { loadDataset } from '../../src/data/load.ts'
import { tf } from '../../src/engine/tf.ts'
import { networkVictim } from '../../src/evaluation/network-victim.ts'
import { certifiedAccuracy, certify } from '../../src/evaluation/smoothing/certify.ts'
import { smoothingSchema } from '../../src/evaluation/smoothing/options.ts'
import { wilson } from '../../src/statistics/wilson.ts'
import { loadCheckpoint } from '../../src/training/checkpoint.ts'
import { useEngine } from '../with-engine.ts'
import { gauntlet, planFile, resultsOf, temporaryFolder, tinyPlan } from './command.ts'
import { trained } from './trained.ts'

useEngine()

test('a run is certified, and its certificates are those of its checkpoint', async t => {
  const { folder, id } = await trained(t)
  const args = [
    ...['certify', '--model', id.slice(0, 8), '--sigma', '0.25', '--n', '12'],
    ...['--samples', '300', '--results', folder],
  ]
  const { status, stdout, stderr } = await gauntlet(...args)
  t.is(stderr, '')
  t.is(status, 0)
  t.true(stdout.split('\n').every(line => line.length <= 80))
  const store = await resultsOf(t, folder)
  const stored = await store.selectFrom('certificate').selectAll().orderBy('example').execute()
  const dataset = await loadDataset({ name: 'glyphs', seed: 0 }, { data: undefined })
  if (dataset.kind !== 'images') throw new Error('glyphs are images')
  const { network, parameters } = await loadCheckpoint(
    join(folder, 'checkpoints', `${id}.safetensors`),
    imageInput(dataset.shape, 10),
  )
  const victim = networkVictim(network, parameters)
  const options = smoothingSchema.parse({ sigma: 0.25, estimation: 300 })
  const expected = Array.from({ length: 12 }, (_, example) =>
    certify(
      victim,
      dataset.test.images.subarray(example * 256, (example + 1) * 256),
      options,
      0,
      example,
    ),
  )
  tf.dispose(Object.values(parameters))
  t.deepEqual(
    stored.map(({ prediction, radius, lower }) => ({ prediction, radius, lower })),
    expected,
  )
  const rows = await store
    .selectFrom('v_certified_accuracy')
    .selectAll()
    .orderBy('radius')
    .execute()
  const shares = certifiedAccuracy(
    expected,
    dataset.test.labels.subarray(0, 12),
    rows.map(row => row.radius),
  )
  rows.forEach((row, at) => {
    t.is(row.radius, at / 4)
    t.is(row.certified_accuracy, shares[at]!)
    const { low, high } = wilson(row.certified, 12)
    t.true(Math.abs(row.certified_accuracy_low - low) < 1e-12)
    t.true(Math.abs(row.certified_accuracy_high - high) < 1e-12)
    const percent = (100 * row.certified_accuracy).toFixed(1)
    t.regex(stdout, new RegExp(`^ +${row.radius.toFixed(2)} +${percent} +\\[`, 'm'))
  })
  t.is(rows.at(-1)!.certified, 0)
  t.is(rows[0]!.abstained, expected.filter(({ prediction }) => prediction === null).length)
  t.regex(stdout, new RegExp(`; ${rows[0]!.abstained} of them abstained`))
  t.regex((await gauntlet(...args)).stdout, /Nothing to do: all 1 jobs of certify/)
})

test('an imported model is corrupted and certified as the one that it came from', async t => {
  const { folder, id } = await trained(t)
  const file = join(folder, 'net.npz')
  t.is((await gauntlet('export-model', id, file, '--results', folder)).status, 0)
  const imported = await gauntlet(
    ...['import', file, '--architecture', `${file}.architecture.json`, '--dataset', 'glyphs'],
    ...['--results', folder],
  )
  const other = /imported: (\w+)/.exec(imported.stdout)![1]!
  for (const model of [id, other]) {
    const both = [
      ['corrupt', '--corruption', 'fog', 'contrast'],
      ['certify', '--sigma', '0.1', '--samples', '200'],
    ]
    for (const args of both) {
      const { status } = await gauntlet(...args, '--model', model, '--n', '40', '--results', folder)
      t.is(status, 0)
    }
  }
  const store = await resultsOf(t, folder)
  const of = async (model: string) => [
    await store
      .selectFrom('v_corruption_accuracy')
      .select(['corruption', 'severity', 'accuracy', 'clean_accuracy'])
      .where('model_id', '=', model)
      .orderBy('corruption')
      .orderBy('severity')
      .execute(),
    await store
      .selectFrom('v_certified_accuracy')
      .select(['radius', 'certified', 'abstained'])
      .where('model_id', '=', model)
      .orderBy('radius')
      .execute(),
  ]
  const [own, its] = [await of(id), await of(other)]
  t.is(own[0]!.length, 10)
  t.true(own[1]!.length >= 2)
  t.deepEqual(its, own)
})

test('a plan corrupts and certifies its models of images, and not those of texts', async t => {
  const folder = await temporaryFolder(t)
  const plan = {
    ...tinyPlan,
    name: 'natural',
    models: [
      { ...tinyPlan.models[0]!, arms: [{ name: 'bp' as const }, { name: 'bp-noise' as const }] },
      {
        data: { name: 'topics', train: 100, test: 60 },
        architecture: { name: 'elman' as const, embedding: 4, hidden: 4 },
        training: { epochs: 1, batch: 50, learningRate: 0.01 },
        arms: [{ name: 'bp' as const }],
      },
    ],
    attacks: [],
    probe: null,
    corruptions: { names: ['snow' as const], severities: [2 as const] },
    smoothing: { sigma: 0.5, estimation: 100, examples: 5 },
  }
  const args = ['nightly', '--plan', await planFile(folder, plan), '--results', folder]
  const { status, stdout, stderr } = await gauntlet(...args)
  t.is(stderr, '')
  t.is(status, 0)
  // Three trainings, three clean evaluations; two models of images.
  t.regex(stdout, /10 of 10 jobs done/)
  const store = await resultsOf(t, folder)
  const corrupted = await store.selectFrom('v_corruption_accuracy').selectAll().execute()
  t.deepEqual(corrupted.map(({ arm }) => arm).sort(), ['bp', 'bp-noise'])
  for (const row of corrupted) t.like(row, { corruption: 'snow', severity: 2, n: 40 })
  t.is((await store.selectFrom('certificate').selectAll().execute()).length, 2 * 5)
  t.regex((await gauntlet(...args)).stdout, /Nothing to do: all 10 jobs/)
  const { id } = await store
    .selectFrom('model')
    .select('id')
    .where('architecture', '=', 'elman')
    .executeTakeFirstOrThrow()
  for (const command of [['corrupt'], ['certify', '--sigma', '1']]) {
    const refused = await gauntlet(...command, '--model', id, '--results', folder)
    t.is(refused.status, 2)
    t.regex(refused.stderr, /^error: invalid run: \w+, topics holds no images\n$/)
  }
})
