import test, { type ExecutionContext } from 'ava'
import {
  claimJob,
  completeJob,
  enqueue,
  failJob,
  heartbeat,
  jobProgress,
  LeaseLostError,
  type NewJob,
  releaseJobs,
} from '../../src/store/jobs.ts'
import { endNightly, startNightly } from '../../src/store/results.ts'
import type { Store } from '../../src/store/store.ts'
import { temporaryStore } from './fixtures/folder.ts'
import { runScript } from './fixtures/run-script.ts'

const job = (id: string, ...needs: readonly string[]): NewJob => ({
  id,
  kind: needs.length === 0 ? 'train' : 'attack',
  config: { z: 1, a: id },
  title: `job ${id}`,
  cost: 2,
  needs,
})

async function queue(t: ExecutionContext, ...jobs: readonly NewJob[]) {
  const fixture = await temporaryStore(t)
  await begin(fixture.store, 'n')
  await enqueue(fixture.store, 'n', jobs)
  return fixture
}

const begin = (store: Store, id: string) =>
  startNightly(store, { id, plan: 'quick', plan_config: '{}', started_at: '2026-01-02T03:04:05Z' })

const claim = (store: Store, worker: string, now = 1_000, nightlyId = 'n') =>
  claimJob(store, { worker, nightlyId, leaseMilliseconds: 100, now })

const states = async (store: Store) =>
  Object.fromEntries(
    (await store.selectFrom('job').selectAll().execute()).map(row => [row.id, row.state]),
  )

const errors = async (store: Store) =>
  Object.fromEntries(
    (await store.selectFrom('job').selectAll().execute()).map(row => [row.id, row.error]),
  )

test('jobs are offered in order, each once what it needs is done', async t => {
  const { store } = await queue(t, job('b', 'a', 'c'), job('a'), job('c'))
  const first = await claim(store, 'w')
  t.like(first, {
    id: 'a',
    config: '{"a":"a","z":1}',
    worker: 'w',
    lease_until: 1_100,
    attempts: 1,
  })
  t.is(first?.started_at, '1970-01-01T00:00:01.000Z')
  t.is((await claim(store, 'w'))?.id, 'c')
  t.is(await claim(store, 'w'), undefined)
  await completeJob(store, 'a', 'w', 1.5)
  t.is(await claim(store, 'w'), undefined)
  await completeJob(store, 'c', 'w', 1.5)
  t.is((await claim(store, 'w'))?.id, 'b')
  t.deepEqual(await jobProgress(store, 'n'), {
    waiting: { count: 0, cost: 0 },
    running: { count: 1, cost: 2 },
    done: { count: 2, cost: 4 },
    failed: { count: 0, cost: 0 },
  })
})

test('three processes do each job exactly once', async t => {
  const roots = Array.from({ length: 30 }, (_, i) => job(`root ${i}`))
  const leaves = roots.map((root, i) => job(`leaf ${i}`, root.id))
  const { store, filename } = await queue(t, ...roots, ...leaves)
  const workers = ['one', 'two', 'three'].map(name => runScript('claim-all.js', filename, name))
  const done = (await Promise.all(workers)).map(output => JSON.parse(output) as string[])
  t.deepEqual(done.flat().sort(), [...roots, ...leaves].map(({ id }) => id).sort())
  const attempts = await store.selectFrom('job').select('attempts').distinct().execute()
  t.deepEqual(attempts, [{ attempts: 1 }])
})

test('an expired lease is taken again, a renewed one is not', async t => {
  const { store } = await queue(t, job('a'))
  await claim(store, 'slow', 1_000)
  t.is(await claim(store, 'other', 1_099), undefined)
  t.true(await heartbeat(store, 'a', 'slow', 100, 1_050))
  t.is(await claim(store, 'other', 1_149), undefined)
  t.like(await claim(store, 'other', 1_150), { worker: 'other', attempts: 2 })
  t.false(await heartbeat(store, 'a', 'slow', 100, 1_151))
})

test('results and state of a job whose lease was lost are not written', async t => {
  const { store } = await queue(t, job('a'))
  await claim(store, 'slow', 1_000)
  await claim(store, 'other', 2_000)
  const late = store.transaction().execute(async transaction => {
    await begin(transaction, 'a result')
    await completeJob(transaction, 'a', 'slow', 1)
  })
  await t.throwsAsync(late, {
    instanceOf: LeaseLostError,
    message: 'lost job: a; slow does not hold it any more',
  })
  t.is((await store.selectFrom('nightly').selectAll().execute()).length, 1)
  t.false(await failJob(store, 'a', 'slow', 'late'))
  t.deepEqual(await states(store), { a: 'running' })
  await completeJob(store, 'a', 'other', 1)
  await t.throwsAsync(completeJob(store, 'a', 'other', 1), { instanceOf: LeaseLostError })
  t.deepEqual(await states(store), { a: 'done' })
})

test('what needs a failed job fails with it, and nothing else', async t => {
  const { store } = await queue(t, job('a'), job('b', 'a'), job('c', 'b'), job('d'), job('e', 'd'))
  await claim(store, 'w')
  t.true(await failJob(store, 'a', 'w', 'the loss is infinite'))
  t.deepEqual(await errors(store), {
    a: 'the loss is infinite',
    b: 'needs job a, which failed',
    c: 'needs job b, which failed',
    d: null,
    e: null,
  })
  t.is((await claim(store, 'w'))?.id, 'd')
})

test('a job whose worker stops every time is given up after three starts', async t => {
  const { store } = await queue(t, job('a'), job('b', 'a'), job('c'))
  for (const now of [1_000, 2_000, 3_000]) t.is((await claim(store, `w${now}`, now))?.id, 'a')
  t.is((await claim(store, 'w', 3_050))?.id, 'c')
  t.is(await claim(store, 'w', 3_100), undefined)
  t.like(await errors(store), {
    a: 'given up after 3 starts: its worker stopped each time',
    b: 'needs job a, which failed',
  })
})

test("a dead worker's jobs go back, but not those it finished", async t => {
  const { store } = await queue(t, job('a'), job('b'), job('c'))
  await claim(store, 'dead')
  await completeJob(store, 'a', 'dead', 1)
  await claim(store, 'dead')
  await claim(store, 'alive')
  t.is(await releaseJobs(store, 'dead'), 1)
  t.deepEqual(await states(store), { a: 'done', b: 'waiting', c: 'running' })
  t.like(await claim(store, 'next'), { id: 'b', attempts: 2 })
})

test('asking again keeps what is done and tries again what failed', async t => {
  const { store } = await queue(t, job('a'), job('b'), job('c', 'b'))
  await claim(store, 'w')
  await completeJob(store, 'a', 'w', 1)
  await claim(store, 'w')
  await failJob(store, 'b', 'w', 'out of memory')
  await begin(store, 'm')
  const jobs = [job('c', 'b'), job('b'), job('a'), job('new')]
  t.is(await enqueue(store, 'm', jobs), 1)
  t.deepEqual(await states(store), { a: 'done', b: 'waiting', c: 'waiting', new: 'waiting' })
  t.deepEqual(await errors(store), { a: null, b: null, c: null, new: null })
  t.like(await claim(store, 'w', 1_000, 'm'), { id: 'b', attempts: 1 })
  const reused = await store.selectFrom('nightly').select(['id', 'jobs_reused']).execute()
  t.deepEqual(Object.fromEntries(reused.map(row => [row.id, row.jobs_reused])), { n: 0, m: 1 })
  await completeJob(store, 'b', 'w', 1)
  t.is(await enqueue(store, 'm', jobs), 2)
  const { jobs_reused } = await store
    .selectFrom('nightly')
    .select('jobs_reused')
    .where('id', '=', 'm')
    .executeTakeFirstOrThrow()
  t.is(jobs_reused, 1)
})

test('a worker gets jobs of its own nightly alone', async t => {
  const { store } = await queue(t, job('a'))
  await begin(store, 'm')
  await enqueue(store, 'm', [job('b')])
  t.is((await claim(store, 'w', 1_000, 'm'))?.id, 'b')
  t.is(await claim(store, 'w', 1_000, 'm'), undefined)
})

test('a job that needs a stranger is refused as a whole', async t => {
  const { store } = await queue(t)
  await t.throwsAsync(enqueue(store, 'n', [job('a'), job('b', 'x')]), {
    message: 'unknown job: x, which job b needs',
  })
  t.deepEqual(await states(store), {})
})

test('an execution ends once, with its state and time', async t => {
  const { store } = await queue(t)
  await endNightly(store, 'n', 'interrupted', '2026-01-03T00:00:00Z')
  const ended = () => store.selectFrom('nightly').selectAll().executeTakeFirstOrThrow()
  t.like(await ended(), { state: 'interrupted', ended_at: '2026-01-03T00:00:00Z' })
  await begin(store, 'n')
  t.like(await ended(), { state: 'running', ended_at: null })
  await t.throwsAsync(endNightly(store, 'x', 'done'), { message: 'unknown nightly: x' })
})
