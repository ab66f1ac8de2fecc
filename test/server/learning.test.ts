import anyTest, { type TestFn } from 'ava'
import { learningSchema } from '../../server/schemas/learning.ts'
import { problemSchema } from '../../server/schemas/problem.ts'
import { runJobsSchema } from '../../server/schemas/run-jobs.ts'
import { openStore } from '../../src/store/store.ts'
import { resultsFile } from './fixture.ts'
import { type Served, serve } from './serve.ts'

const test = anyTest as TestFn<Served>

test.before(async t => {
  const file = await resultsFile()
  const store = await openStore(file)
  // Seed 1 of the likelihood ratio is 0.1 better at its end than seed 0.
  await store
    .updateTable('learning_curve')
    .set(({ eb }) => ({ test_accuracy: eb('test_accuracy', '+', 0.1) }))
    .where('model_id', '=', 'lenet-lr-logit-1')
    .where('updates', '=', 128)
    .execute()
  const shared = { config: '{}', cost: 1, attempts: 1, worker: 'w', lease_until: null }
  const times = { started_at: '2026-11-20T01:00:00.000Z', ended_at: '2026-11-20T01:01:00.000Z' }
  const job = { ...shared, ...times, seconds: 60, error: null }
  await store
    .insertInto('job')
    .values([
      { ...job, id: 'lenet-bp-0', kind: 'train', title: 'train lenet', state: 'done' },
      { ...job, id: 'attack-1', kind: 'attack', title: 'fgsm', state: 'done' },
      {
        ...job,
        id: 'attack-2',
        kind: 'attack',
        title: 'pgd',
        state: 'failed',
        error: 'out of luck',
      },
    ])
    .execute()
  await store
    .insertInto('job_dependency')
    .values(['attack-1', 'attack-2'].map(job_id => ({ job_id, needs_id: 'lenet-bp-0' })))
    .execute()
  await store
    .insertInto('nightly_job')
    .values({ nightly_id: 'nightly-1', job_id: 'lenet-bp-0', position: 9 })
    .execute()
  await store.destroy()
  t.context = await serve(file)
})
test.after.always(async t => {
  await t.context?.stop()
})

test('learning curves are means over matched seeds, with their interval', async t => {
  const path = '/gradients/learning?dataset=glyphs&architecture=lenet'
  const { series } = await t.context.read(t, path, learningSchema)
  t.deepEqual(
    series.map(one => one.key),
    ['bp', 'bp-noise', 'lr-logit'],
  )
  const [bp, , lr] = series
  // Seed 2 of the likelihood ratio diverged, so backprop's seed 2 has no partner.
  t.deepEqual(
    [bp!.seeds, lr!.seeds],
    [
      [0, 1],
      [0, 1],
    ],
  )
  t.deepEqual(
    lr!.steps.map(step => [step.updates, step.forwards, step.seconds]),
    [32, 64, 96, 128].map(updates => [updates, updates * 16, (updates / 128) * 200]),
  )
  const { mean, low, high, seeds } = lr!.steps.at(-1)!.accuracy!
  t.true(Math.abs(mean - bp!.steps.at(-1)!.accuracy!.mean - 0.05) < 1e-12)
  // Two values 0.1 apart: half the interval is t(1) · sd / √2 = 12.706 · 0.05.
  t.is(((high! - low!) / 2).toFixed(4), '0.6353')
  t.is((seeds[1]! - seeds[0]!).toFixed(6), '0.100000')
  const none = await t.context.read(
    t,
    '/gradients/learning?dataset=x&architecture=y',
    learningSchema,
  )
  t.deepEqual(none.series, [])
})

test('the jobs of a run: its own, what failed on it, and who asked for it', async t => {
  const { job, dependents, failed, executions } = await t.context.read(
    t,
    '/runs/lenet-bp-0/jobs',
    runJobsSchema,
  )
  t.like(job, { title: 'train lenet', state: 'done', seconds: 60 })
  t.deepEqual(dependents, [
    { kind: 'attack', state: 'done', jobs: 1 },
    { kind: 'attack', state: 'failed', jobs: 1 },
  ])
  t.deepEqual(
    failed.map(one => [one.title, one.error]),
    [['pgd', 'out of luck']],
  )
  t.like(executions, [{ plan: 'quick', state: 'interrupted' }])
  const unlucky = await t.context.read(t, '/runs/c/jobs', runJobsSchema)
  t.like(unlucky, {
    job: { state: 'failed', error: 'disk full: checkpoint of c' },
    config: { job: 'c' },
  })
  const without = await t.context.read(t, '/runs/lenet-bp-1/jobs', runJobsSchema)
  t.deepEqual(without, { job: null, config: null, dependents: [], failed: [], executions: [] })
  const response = await t.context.get('/api/v1/runs/nope/jobs')
  t.is(response.status, 404)
  t.is(problemSchema.parse(await response.json()).detail, 'unknown run: nope')
})
