import anyTest, { type TestFn } from 'ava'
import { nightliesSchema, nightlyDetailSchema, trendSchema } from '../../server/schemas/nightly.ts'
import { openStore } from '../../src/store/store.ts'
import { type Served, serve } from '../server/serve.ts'
import { nightliesFile, plantedNights } from './fixture.ts'

const test = anyTest as TestFn<{ served: Served; file: string }>

test.before(async t => {
  const file = await nightliesFile(plantedNights)
  t.context = { file, served: await serve(file) }
})
test.after.always(t => t.context.served?.stop())

test('nightlies come latest first, page by page, with their alarms', async t => {
  const { served } = t.context
  const found: string[] = []
  let cursor: string | null = null
  do {
    const query: string = cursor ? `&cursor=${cursor}` : ''
    const page = await served.read(t, `/nightlies?limit=2${query}`, nightliesSchema)
    t.deepEqual(page.plans, ['watched'])
    found.push(...page.items.map(one => `${one.id} ${one.comparison?.regressions ?? 'none'}`))
    cursor = page.nextCursor
  } while (cursor !== null)
  t.deepEqual(found, ['night-4 2', 'night-3 0', 'night-2 9', 'night-1 0', 'night-0 none'])
  t.is((await served.get('/api/v1/nightlies?cursor=nonsense')).status, 400)
  const none = await served.read(t, '/nightlies?plan=other', nightliesSchema)
  t.deepEqual(none.items, [])
})

test('a stronger attack on one arm is all that is found in its night, and named as such', async t => {
  const { comparison } = await t.context.served.read(t, '/nightlies/night-2', nightlyDetailSchema)
  const regressions = comparison!.changes.filter(one => one.verdict === 'regression')
  t.deepEqual(
    [...new Set(regressions.map(one => `${one.arm} ${one.measure} ${one.note}`))],
    ['fgsm', 'pgd', 'worst case'].map(
      attack => `lr-logit ${attack} linf 0.1 same weights: the attack is stronger now`,
    ),
  )
  t.true(regressions.every(one => Math.abs(one.difference! + 0.06) < 1e-9 && one.n === 1000))
  t.deepEqual(comparison!.settings, [{ path: 'attacks[0].strong', before: 'false', now: 'true' }])
  t.is(comparison!.family, 9)
})

test('one model that is 3 points worse and one that diverged are found, and nothing else', async t => {
  const { nightly, comparison } = await t.context.served.read(
    t,
    '/nightlies/night-4',
    nightlyDetailSchema,
  )
  const regressions = comparison!.changes.filter(one => one.verdict === 'regression')
  t.deepEqual(
    regressions.map(one => [one.modelId, one.measure, one.note]),
    [
      ['lr-logit-2-4', 'training', 'diverged'],
      ['bp-1-4', 'clean accuracy', 'other weights'],
    ],
  )
  t.true(Math.abs(regressions[1]!.difference! + 0.03) < 1e-9)
  t.true(regressions.every(one => one.modelHere))
  t.is(nightly.commits, 'dddddddddddd')
  t.is(comparison!.onlyBefore, 6, 'what the diverged model had: time, clean, two attacks, a probe')
})

test('a night without anything measured again compares nothing', async t => {
  const detail = await t.context.served.read(t, '/nightlies/night-1', nightlyDetailSchema)
  t.deepEqual(detail.comparison!.verdicts, {})
  t.is(detail.comparison!.reused, 6 * 7)
})

test('a trend has every night, seeds and interval, and says where the alarm was', async t => {
  const { served } = t.context
  const worst = await served.read(t, '/nightlies/trend', trendSchema)
  t.is(worst.chosen?.measure, 'worst case linf 0.1')
  const lr = worst.series.find(one => one.arm === 'lr-logit')!
  t.deepEqual(
    lr.points.map(point => [point.alarm, point.seeds.length, point.reused]),
    [
      [null, 3, false],
      [null, 3, true],
      ['regression', 3, false],
      [null, 3, false],
      [null, 2, false],
    ],
  )
  const { mean, low, high, interval, seeds } = lr.points[0]!
  t.is(interval, 'student')
  t.true(Math.abs(mean - seeds.reduce((sum, { value }) => sum + value, 0) / 3) < 1e-12)
  t.true(low! < mean && mean < high!)
  t.true(Math.abs(lr.points[1]!.mean - lr.points[2]!.mean - 0.06) < 1e-9)
  const query = '/nightlies/trend?dataset=none&measure=clean%20accuracy'
  t.is((await served.read(t, query, trendSchema)).chosen?.metric, 'clean')
  const variance = worst.choices[0]!.measures.find(name => name.startsWith('relative variance'))!
  const log = await served.read(
    t,
    `/nightlies/trend?measure=${encodeURIComponent(variance)}`,
    trendSchema,
  )
  const [first] = log.series[0]!.points
  t.true(Math.abs(first!.mean - Math.cbrt(2 * 2.2 * 2.4)) < 1e-12)
})

test('what is unknown is told', async t => {
  const { served } = t.context
  t.is((await served.get('/api/v1/nightlies/none')).status, 404)
  t.is((await served.get('/api/v1/nightlies/a%20b')).status, 400)
  t.is((await served.get('/api/v1/nightlies/trend?metric=x')).status, 400)
})

test('an empty database has no nightlies and no trend', async t => {
  const empty = await nightliesFile([])
  const served = await serve(empty)
  t.teardown(served.stop)
  t.deepEqual(await served.read(t, '/nightlies', nightliesSchema), {
    plans: [],
    items: [],
    nextCursor: null,
  })
  t.is((await served.read(t, '/nightlies/trend', trendSchema)).chosen, null)
})

test('the view of nightlies and the history agree on what was measured', async t => {
  const store = await openStore(t.context.file, { readonly: true })
  t.teardown(() => store.destroy())
  const viewed = await store
    .selectFrom('v_nightly_trend')
    .where('nightly_id', '=', 'night-3')
    .select(['arm', 'seed', 'worst_case_accuracy as value'])
    .orderBy('arm')
    .orderBy('seed')
    .execute()
  const kept = await store
    .selectFrom('nightly_measure')
    .where('nightly_id', '=', 'night-3')
    .where('metric', '=', 'worst')
    .select(['arm', 'seed', 'value'])
    .orderBy('arm')
    .orderBy('seed')
    .execute()
  t.is(kept.length, 6)
  t.deepEqual(kept, viewed as typeof kept)
})
