import test from 'ava'
import { deadlineOf, nextMoment, timeOfDay } from '../../src/nightly/time-budget.ts'
import { claimJob, completeJob, enqueue, type NewJob, returnJob } from '../../src/store/jobs.ts'
import { workRate } from '../../src/store/queries/work-rate.ts'
import { startNightly } from '../../src/store/results.ts'
import { temporaryStore } from '../store/fixtures/folder.ts'

const local = (hours: number, minutes: number) => new Date(2026, 10, 20, hours, minutes).getTime()

test('--until is the next such moment of local time', t => {
  const six = timeOfDay('06:00')
  t.is(nextMoment(six, local(5, 59)), local(6, 0))
  t.is(nextMoment(six, local(6, 0)), new Date(2026, 10, 21, 6, 0).getTime())
  t.is(nextMoment(six, local(23, 30)), new Date(2026, 10, 21, 6, 0).getTime())
  for (const text of ['24:00', '6', '06:60', '', '-1:00']) t.throws(() => timeOfDay(text))
})

test('of two limits the earlier one counts', t => {
  const until = timeOfDay('06:00')
  t.is(deadlineOf({ until, maxHours: 1 }, local(4, 0)), local(5, 0))
  t.is(deadlineOf({ until, maxHours: 5 }, local(4, 0)), local(6, 0))
  t.is(deadlineOf({ maxHours: 0.5 }, 0), 1_800_000)
  t.is(deadlineOf({}, 0), undefined)
})

const job = (id: string, cost: number): NewJob => ({
  ...{ id, kind: 'train', config: { id }, title: id, cost, needs: [] },
})

test('a job that is expected to last too long is passed over, by the rate of those done', async t => {
  const { store } = await temporaryStore(t)
  const started = new Date(Date.now() - 1000).toISOString()
  await startNightly(store, { id: 'n', plan: 'p', plan_config: '{}', started_at: started })
  await enqueue(store, 'n', [job('short', 10), job('long', 100), job('medium', 20)])
  t.is(await workRate(store, 'n'), 1, 'nothing is known yet')
  const claim = (mostCost?: number) =>
    claimJob(store, { worker: 'w', nightlyId: 'n', leaseMilliseconds: 1e6, mostCost })
  t.is((await claim(15))?.id, 'short')
  await completeJob(store, 'short', 'w', 30)
  t.is(await workRate(store, 'n'), 3, 'three seconds a unit of cost')
  t.is(await claim(19), undefined)
  t.is((await claim(99))?.id, 'medium')
  t.is((await claim())?.id, 'long')
})

test('jobs that the clock ended are put back however often, and never given up', async t => {
  const { store } = await temporaryStore(t)
  const started_at = new Date().toISOString()
  await startNightly(store, { id: 'n', plan: 'p', plan_config: '{}', started_at })
  await enqueue(store, 'n', [job('a', 1)])
  for (let night = 0; night < 5; night++) {
    const claimed = await claimJob(store, { worker: 'w', nightlyId: 'n', leaseMilliseconds: 1e6 })
    t.is(claimed?.attempts, 1)
    await returnJob(store, 'a', 'w')
  }
})
