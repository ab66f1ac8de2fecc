import { setTimeout } from 'node:timers/promises'
import test from 'ava'
import { leaseKeeper } from '../../src/runner/lease-keeper.ts'
import { claimJob, enqueue } from '../../src/store/jobs.ts'
import { startNightly } from '../../src/store/results.ts'
import { temporaryStore } from '../store/fixtures/folder.ts'

const leaseMilliseconds = 400

test('a lease is renewed while the thread computes, and its loss is noticed', async t => {
  const { store, filename } = await temporaryStore(t)
  const nightlyId = 'n'
  const nightly = { id: nightlyId, plan: 'p', plan_config: '{}', started_at: '2026-01-01' }
  await startNightly(store, nightly)
  await enqueue(store, nightlyId, [
    { id: 'j', kind: 'attack', config: {}, title: 'slow', cost: 1, needs: [] },
  ])
  await claimJob(store, { worker: 'one', nightlyId, leaseMilliseconds })
  const heartbeatMilliseconds = 50
  const order = { database: filename, worker: 'one', leaseMilliseconds, heartbeatMilliseconds }
  const lease = await leaseKeeper(order)
  lease.hold('j')
  // Nothing of this thread runs for three leases.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 3 * leaseMilliseconds)
  t.is(await claimJob(store, { worker: 'two', nightlyId, leaseMilliseconds }), undefined)
  t.false(lease.lost)
  lease.hold(null)
  await setTimeout(2 * leaseMilliseconds)
  const taken = await claimJob(store, { worker: 'two', nightlyId, leaseMilliseconds: 60_000 })
  t.is(taken?.id, 'j', 'what is not held runs out')
  lease.hold('j')
  while (!lease.lost) await setTimeout(heartbeatMilliseconds)
  await lease.close()
  const { worker } = await store.selectFrom('job').select('worker').executeTakeFirstOrThrow()
  t.is(worker, 'two')
})
