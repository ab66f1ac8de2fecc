import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import test, { type ExecutionContext } from 'ava'
import { imageInput } from '../../models/input.ts'
import { certifyCommand } from '../../src/commands/certify.ts'
import { corruptCommand } from '../../src/commands/corrupt.ts'
import { loadDataset } from '../../src/data/load.ts'
import { tf } from '../../src/engine/tf.ts'
import { corrupt, corruptionsFor } from '../../src/evaluation/corruptions/corrupt.ts'
import { severities } from '../../src/evaluation/corruptions/corruption.ts'
import { openStore } from '../../src/store/store.ts'
import { loadCheckpoint } from '../../src/training/checkpoint.ts'
import { useEngine } from '../with-engine.ts'
import { gauntlet, refusal, resultsOf, start, temporaryFolder } from './command.ts'
import { trained } from './trained.ts'

useEngine()

test('a run is judged on every kind and severity, and what is done is not done again', async t => {
  const { folder, id } = await trained(t)
  const args = ['corrupt', '--model', id.slice(0, 8), '--n', '30', '--results', folder]
  t.regex((await gauntlet(...args, '--dry-run')).stdout, /corrupt \w+\n1 jobs, about/)
  const { status, stdout, stderr } = await gauntlet(...args)
  t.is(stderr, '')
  t.is(status, 0)
  t.regex(stdout, /^corruption +1 +2 +3 +4 +5 +mean$/m)
  const store = await resultsOf(t, folder)
  const cells = await store.selectFrom('v_corruption_accuracy').selectAll().execute()
  const names = corruptionsFor([16, 16, 1])
  t.is(cells.length, names.length * severities.length)
  for (const name of names) t.regex(stdout, new RegExp(`^${name} +(\\d+\\.\\d +){5}\\d`, 'm'))
  t.true(stdout.split('\n').every(line => line.length <= 80))
  const [summary, ...more] = await store.selectFrom('v_corruption_summary').selectAll().execute()
  t.deepEqual(more, [])
  t.like(summary, { corruptions: names.length, severities: 5, mildest: 1, strongest: 5, n: 30 })
  const mean = cells.reduce((sum, { accuracy }) => sum + accuracy, 0) / cells.length
  t.true(Math.abs(summary!.mean_accuracy - mean) < 1e-12)
  t.regex(stdout, new RegExp(`^mean .* ${(100 * mean).toFixed(1)}$`, 'm'))
  t.regex((await gauntlet(...args)).stdout, /Nothing to do: all 1 jobs of corrupt/)
})

test('what is stored is what the checkpoint says of the corrupted images', async t => {
  const { folder, id } = await trained(t)
  const { status } = await gauntlet(
    ...['corrupt', '--model', id, '--n', '120', '--corruption', 'rotation', 'gaussian-noise'],
    ...['--severity', '5', '--severity', '1', '--seed', '3', '--results', folder],
  )
  t.is(status, 0)
  const store = await resultsOf(t, folder)
  const rows = await store
    .selectFrom('corruption_accuracy')
    .selectAll()
    .orderBy('corruption')
    .orderBy('severity')
    .execute()
  const expected = await Promise.all(
    (['gaussian-noise', 'rotation'] as const).flatMap(name =>
      ([1, 5] as const).map(async severity => {
        const correct = await rightUnder(join(folder, 'checkpoints', `${id}.safetensors`), images =>
          corrupt(name, severity, images, [16, 16, 1], 3, [...Array(120).keys()]),
        )
        return { corruption: name, severity, correct, seed: 3, n: 120 }
      }),
    ),
  )
  t.deepEqual(
    rows.map(({ corruption, severity, correct, seed, n }) => ({
      corruption,
      severity,
      correct,
      seed,
      n,
    })),
    expected,
  )
  const asTheyAre = await rightUnder(
    join(folder, 'checkpoints', `${id}.safetensors`),
    images => images,
  )
  for (const row of rows) {
    t.is(row.clean_correct, asTheyAre)
    t.is(row.codes!.length, 120)
    t.is(row.codes!.replace(/[13]/g, '').length, row.correct)
    t.is(row.codes!.replace(/[15]/g, '').length, asTheyAre)
  }
  t.true(new Set(expected.map(({ correct }) => correct)).size > 1, 'the corruptions differ')
})

/** How many of the first 120 changed test images of `glyphs` the weights in a file get right. */
async function rightUnder(
  file: string,
  change: (images: Float32Array) => Float32Array,
): Promise<number> {
  const dataset = await loadDataset({ name: 'glyphs', seed: 0 }, { data: undefined })
  if (dataset.kind !== 'images') throw new Error('glyphs are images')
  const { network, parameters } = await loadCheckpoint(file, imageInput(dataset.shape, 10))
  const x = tf.tensor(change(dataset.test.images.subarray(0, 120 * 256)), [120, 16, 16, 1])
  const logits = network.logits(parameters, x)
  const classes = tf.argMax(logits, 1)
  const found = classes.dataSync()
  tf.dispose([x, logits, classes, ...Object.values(parameters)])
  return Array.from(found).filter((value, at) => value === dataset.test.labels[at]).length
}

/** Stops a command when it has kept a part of its one job, marks that, and goes on. */
async function interrupted(
  t: ExecutionContext,
  folder: string,
  args: readonly string[],
  mark: (row: Record<string, unknown>) => void,
): Promise<number> {
  const store = await resultsOf(t, folder)
  const running = start(...args, '--workers', '1')
  let ended = false
  running.ended.finally(() => {
    ended = true
  })
  const part = async () => {
    const job = await store
      .selectFrom('job')
      .select('id')
      .where('kind', 'in', ['corrupt', 'certify'])
      .executeTakeFirst()
    const file = join(folder, 'parts', `${job?.id}.json`)
    return { file, text: await readFile(file, 'utf8').catch(() => undefined) }
  }
  while ((await part()).text === undefined && !ended) await sleep(50)
  running.child.kill('SIGINT')
  t.is((await running.ended).status, 130)
  const { file, text } = await part()
  const rows: Record<string, unknown>[] = JSON.parse(text!)
  mark(rows[0]!)
  await writeFile(file, JSON.stringify(rows))
  t.is((await gauntlet(...args)).status, 0)
  t.is((await part()).text, undefined, 'the part is removed')
  return rows.length
}

test('corruptions that are stopped go on after the cells that are done', async t => {
  const { folder, id } = await trained(t)
  const names = ['brightness', 'contrast', 'elastic-transform', 'glass-blur', 'zoom-blur']
  const args = [
    ...['corrupt', '--model', id, '--n', '600', '--corruption', ...names],
    ...['--results', folder],
  ]
  const kept = await interrupted(t, folder, args, row => {
    row.codes = `${'7'.repeat(123)}${'3'.repeat(477)}`
  })
  t.true(kept >= 1 && kept < 25)
  const store = await resultsOf(t, folder)
  const rows = await store.selectFrom('corruption_accuracy').selectAll().execute()
  t.is(rows.length, 25)
  t.is(rows.find(row => row.corruption === 'brightness' && row.severity === 1)?.correct, 123)
})

test('a certification that is stopped goes on after the examples that are done', async t => {
  const { folder, id } = await trained(t)
  const args = [
    ...['certify', '--model', id, '--sigma', '0.25', '--n', '40', '--samples', '5000'],
    ...['--results', folder],
  ]
  const kept = await interrupted(t, folder, args, row => {
    row.radius = 7.5
  })
  t.true(kept >= 1 && kept < 40)
  const store = await resultsOf(t, folder)
  const rows = await store.selectFrom('certificate').selectAll().orderBy('example').execute()
  t.is(rows.length, 40)
  t.is(rows[0]!.radius, 7.5)
})

test('mistakes in corrupt and certify: one clear line, and status 2', async t => {
  const { folder, id } = await trained(t)
  const none = await temporaryFolder(t)
  const mistakes: readonly [readonly string[], RegExp][] = [
    [['corrupt', '--model', id, '--corruption', 'frost'], /Allowed choices are brightness/],
    [['corrupt', '--model', id, '--corruption', 'saturate'], /saturate needs coloured images/],
    [['corrupt', '--model', id, '--severity', '6'], /must be 1, 2, 3, 4 or 5/],
    [['corrupt', '--model', id, '--n', '100000'], /glyphs has \d+ test examples/],
    [['corrupt', '--model', 'ffff'], /unknown run: ffff/],
    [['corrupt'], /required option '--model/],
    [['certify', '--model', id], /required option '--sigma/],
    [['certify', '--model', id, '--sigma', '0'], /number above 0/],
    [['certify', '--model', id, '--sigma', '101'], /invalid sigma: Too big/],
    [['certify', '--model', id, '--sigma', '1', '--alpha', '0.5'], /below 0\.5/],
    [['certify', '--model', id, '--sigma', '1', '--n', '0'], /at least 1/],
  ]
  const commands = { corrupt: corruptCommand, certify: certifyCommand }
  const refused = ([name, ...args]: readonly string[], results: string) =>
    refusal(commands[name as keyof typeof commands], ...args, '--results', results)
  for (const [args, message] of mistakes) {
    const said = await refused(args, folder)
    t.regex(said, /^[^\n]+$/)
    t.regex(said, message)
  }
  for (const args of [['corrupt'], ['certify', '--sigma', '1']]) {
    t.regex(await refused([...args, '--model', id], none), /no results yet/)
  }
  const store = await openStore(join(folder, 'gauntlet.db'))
  const nothing = { clean_accuracy: null, checkpoint_sha256: null, weights_sha256: null }
  await store
    .updateTable('model')
    .set({ state: 'diverged', ...nothing })
    .execute()
  await store.destroy()
  const { status, stderr } = await gauntlet('corrupt', '--model', id, '--results', folder)
  t.is(status, 2)
  t.regex(stderr, /invalid run: \w+ diverged, it has no weights/)
})

test('the help of corrupt and certify fits into 80 columns', async t => {
  for (const command of ['corrupt', 'certify']) {
    const { status, stdout } = await gauntlet(command, '--help')
    t.is(status, 0)
    t.regex(stdout, new RegExp(`^Usage: gauntlet ${command} `))
    for (const line of stdout.split('\n')) t.true(line.length <= 80, line)
  }
})
