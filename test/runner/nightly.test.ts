import { execFile } from 'node:child_process'
import { readdir, truncate } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { promisify } from 'node:util'
import test from 'ava'
import type { PlanInput } from '../../src/plans/plan.ts'
import { newFolder } from '../folder.ts'
import {
  gauntlet,
  planFile,
  resultsOf,
  start,
  temporaryFolder,
  tinyJobs,
  tinyPlan,
} from './command.ts'

const weights = async (t: Parameters<typeof resultsOf>[0], folder: string) =>
  (await resultsOf(t, folder))
    .selectFrom('model')
    .select(['id', 'arm', 'weights_sha256', 'state', 'created_at'])
    .orderBy('arm')
    .execute()

/** The results of `tinyPlan` by two workers, which several tests look at. */
let tiny: ReturnType<typeof carryOut> | undefined

async function carryOut() {
  const folder = await newFolder('nightly')
  const plan = await planFile(folder, tinyPlan)
  const args = ['nightly', '--plan', plan, '--results', folder, '--workers', '2']
  return { folder, args, first: await gauntlet(...args) }
}

test('a plan is carried out whole, and a second time there is nothing to do', async t => {
  tiny ??= carryOut()
  const { folder, args, first } = await tiny
  t.is(first.stderr, '')
  t.is(first.status, 0)
  t.regex(first.stdout, new RegExp(`${tinyJobs} of ${tinyJobs} jobs done`))
  t.regex(first.stdout, /data +architecture +arm +n +clean +fgsm 0\.1/)
  t.regex(first.stdout, /glyphs +mlp +lr-logit +40 +\d+\.\d \[\d+\.\d, \d+\.\d\]/)
  t.regex(first.stdout, /To see the results, type:\n {2}npx gauntlet serve --results /)

  const second = await gauntlet(...args)
  t.is(second.status, 0)
  t.regex(second.stdout, new RegExp(`Nothing to do: all ${tinyJobs} jobs of tiny are done already`))

  const store = await resultsOf(t, folder)
  const evaluations = await store.selectFrom('evaluation').selectAll().execute()
  const models = await store.selectFrom('model').selectAll().execute()
  t.is(models.length, 3)
  t.is(new Set(models.map(model => model.pair_id)).size, 1)
  t.is(evaluations.length, 3 * (1 + 3) + 3 * 3 * 2)
  for (const evaluation of evaluations) {
    const examples = await store
      .selectFrom('example')
      .selectAll()
      .where('evaluation_id', '=', evaluation.id)
      .execute()
    t.is(examples.length, 40)
    const norm = evaluation.norm === 'linf' ? 'linf' : 'l2'
    for (const row of examples) t.true(row[norm]! <= evaluation.epsilon * (1 + 1e-6))
  }
  const pairs = evaluations.filter(row => row.crafted_on !== row.model_id)
  t.is(new Set(pairs.map(row => `${row.crafted_on} ${row.model_id}`)).size, 6)
  t.is((await store.selectFrom('gradient_probe').selectAll().execute()).length, 3 * 2)
  t.is((await store.selectFrom('learning_curve').selectAll().execute()).length, 3 * 4)
  const nightlies = await store.selectFrom('nightly').selectAll().orderBy('started_at').execute()
  t.deepEqual(
    nightlies.map(({ state, jobs_reused }) => [state, jobs_reused]),
    [
      ['done', 0],
      ['done', tinyJobs],
    ],
  )
})

test('the number of workers does not change a single bit', async t => {
  tiny ??= carryOut()
  const one = await temporaryFolder(t)
  const plan = await planFile(one, tinyPlan)
  await gauntlet('nightly', '--plan', plan, '--results', one, '--workers', '1')
  const { folder: two } = await tiny
  const bits = (rows: Awaited<ReturnType<typeof weights>>) =>
    rows.map(({ id, weights_sha256 }) => [id, weights_sha256])
  t.deepEqual(bits(await weights(t, one)), bits(await weights(t, two)))
  const outcomes = async (folder: string) =>
    (await resultsOf(t, folder))
      .selectFrom('example')
      .selectAll()
      .orderBy('evaluation_id')
      .orderBy('example')
      .execute()
  t.deepEqual(await outcomes(one), await outcomes(two))
})

/** Trains long enough to be interrupted, and does little else. */
const longPlan: PlanInput = {
  ...tinyPlan,
  name: 'long',
  attacks: tinyPlan.attacks!.slice(0, 1),
  transfer: 'none',
  models: tinyPlan.models.map(group => ({
    ...group,
    training: { ...group.training, epochs: 60 },
  })),
}

test('Ctrl-C ends cleanly and says how to go on; the next run does the rest', async t => {
  const folder = await temporaryFolder(t)
  const plan = await planFile(folder, longPlan)
  const args = ['nightly', '--plan', plan, '--results', folder, '--workers', '1']
  const running = start(...args)
  await running.prints(/done: train/)
  running.child.kill('SIGINT')
  const { status, stdout } = await running.ended
  t.is(status, 130)
  t.regex(
    stdout,
    /Stopped after \d+ of \d+ jobs\. To go on, type:\n {2}npx gauntlet nightly --plan/,
  )
  const before = await weights(t, folder)
  t.true(before.length >= 1 && before.length < 3)
  const store = await resultsOf(t, folder)
  const states = await store.selectFrom('job').select('state').distinct().execute()
  t.false(states.some(({ state }) => state === 'running'))

  const rest = await gauntlet(...args)
  t.is(rest.status, 0)
  const after = await weights(t, folder)
  t.is(after.length, 3)
  for (const model of before)
    t.deepEqual(
      after.find(({ id }) => id === model.id),
      model,
    )
})

test('a killed worker is replaced and its job done again', async t => {
  const folder = await temporaryFolder(t)
  const plan = await planFile(folder, longPlan)
  const running = start('nightly', '--plan', plan, '--results', folder, '--workers', '1')
  await running.prints(/done: train/)
  const { stdout: children } = await promisify(execFile)('ps', ['-eo', 'pid,ppid'])
  const worker = children
    .split('\n')
    .map(line => line.trim().split(/\s+/).map(Number))
    .find(([, parent]) => parent === running.child.pid)![0]!
  process.kill(worker, 'SIGKILL')
  const { status, stdout } = await running.ended
  t.regex(stdout, /a worker was killed by SIGKILL/)
  t.is(status, 0)
  const models = await weights(t, folder)
  t.is(models.length, 3)
})

test('when the nightly itself is killed its workers end, and the next run does the rest', async t => {
  const folder = await temporaryFolder(t)
  const plan = await planFile(folder, longPlan)
  const args = ['nightly', '--plan', plan, '--results', folder, '--workers', '1']
  const running = start(...args)
  await running.prints(/done: train/)
  running.child.kill('SIGKILL')
  await running.ended
  // Its worker frees the job within a moment of noticing.
  const store = await resultsOf(t, folder)
  const held = () => store.selectFrom('job').where('state', '=', 'running').select('id').execute()
  while ((await held()).length > 0) await setTimeout(50)
  const rest = await gauntlet(...args)
  t.is(rest.status, 0)
  const nightlies = await store
    .selectFrom('nightly')
    .select('state')
    .orderBy('started_at')
    .execute()
  t.deepEqual(
    nightlies.map(({ state }) => state),
    ['interrupted', 'done'],
  )
  t.is((await weights(t, folder)).length, 3)
})

test('a diverged model is recorded and does not stop the others', async t => {
  const folder = await temporaryFolder(t)
  const [group] = tinyPlan.models
  const plan: PlanInput = {
    ...tinyPlan,
    name: 'diverging',
    models: [
      { ...group!, arms: [{ name: 'bp' }] },
      {
        ...group!,
        architecture: { name: 'mlp', hidden: [128, 128, 128, 128, 128] },
        training: { epochs: 2, learningRate: 100, optimiser: { name: 'sgd' } },
        arms: [{ name: 'bp' }],
      },
    ],
  }
  const file = await planFile(folder, plan)
  const { status, stdout } = await gauntlet('nightly', '--plan', file, '--results', folder)
  t.is(status, 0)
  t.regex(stdout, /diverged: train glyphs mlp hidden 5×128 bp seed 0/)
  t.deepEqual((await weights(t, folder)).map(({ state }) => state).sort(), ['diverged', 'trained'])
})

test('a damaged checkpoint fails what needs it, in one line, with status 1', async t => {
  const folder = await temporaryFolder(t)
  const [group] = tinyPlan.models
  const models: PlanInput = {
    name: 'models',
    models: [{ ...group!, arms: [{ name: 'bp' }, { name: 'bp-noise' }] }],
    attacks: [],
    examples: 40,
  }
  const plan: PlanInput = {
    ...models,
    name: 'attacks',
    attacks: [{ attack: { name: 'fgsm' }, epsilons: [0.02] }],
  }
  const { stderr } = await gauntlet(
    ...['nightly', '--plan', await planFile(folder, models), '--results', folder],
  )
  t.is(stderr, '')
  const checkpoints = join(folder, 'checkpoints')
  const [damaged] = await readdir(checkpoints)
  await truncate(join(checkpoints, damaged!), 100)
  const attacks = await planFile(folder, plan)
  const { status, stdout } = await gauntlet('nightly', '--plan', attacks, '--results', folder)
  t.is(status, 1)
  t.regex(stdout, /failed: fgsm linf 0\.02 glyphs mlp [a-z-]+ seed 0: invalid safetensors file: /)
  t.regex(stdout, /needs fgsm linf .*, which failed/)
  t.notRegex(stdout, /at .*\.js/)
})

test('reproduce trains a stored model again and finds the same bits', async t => {
  tiny ??= carryOut()
  const { folder } = await tiny
  const [model] = await weights(t, folder)
  const again = await gauntlet('reproduce', model!.id.slice(0, 8), '--results', folder)
  t.is(again.status, 0)
  t.regex(again.stdout, /^reproduced: [0-9a-f]{20}, equal weights bit by bit/)
  const unknown = await gauntlet('reproduce', 'zzz', '--results', folder)
  t.is(unknown.status, 2)
  t.regex(unknown.stderr, /^error: unknown run: zzz/)
})
