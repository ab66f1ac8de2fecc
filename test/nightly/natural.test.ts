import anyTest, { type TestFn } from 'ava'
import { nightlyDetailSchema, trendSchema } from '../../server/schemas/nightly.ts'
import { changeSections } from '../../src/nightly/change-report.ts'
import { compareNightlies } from '../../src/nightly/compare-stores.ts'
import { usualAlarms } from '../../src/nightly/judge.ts'
import { oneNightly } from '../../src/store/queries/nightlies.ts'
import { openStore } from '../../src/store/store.ts'
import { type Served, serve } from '../server/serve.ts'
import { nightliesFile, nightlyId } from './fixture.ts'
import type { NaturalEvidence } from './natural-evidence.ts'

const test = anyTest as TestFn<{ served: Served; file: string }>

const usual: NaturalEvidence = { fogLost: 0, certifiedLost: 0, verdict: 'real', codes: true }

test.before(async t => {
  const file = await nightliesFile([
    { natural: usual },
    { natural: { ...usual, fogLost: 40, certifiedLost: 20, verdict: 'masked' } },
    { natural: { ...usual, codes: false } },
  ])
  t.context = { file, served: await serve(file) }
})
test.after.always(t => t.context.served?.stop())

test('fewer right images in the fog and fewer certificates are regressions, a verdict is told', async t => {
  const path = `/nightlies/${nightlyId(1)}`
  const { comparison } = await t.context.served.read(t, path, nightlyDetailSchema)
  const of = (verdict: string) => comparison!.changes.filter(one => one.verdict === verdict)
  const worse = of('regression')
  t.deepEqual([...new Set(worse.map(one => `${one.measure}: ${one.note}`))].sort(), [
    'certified within l2 0.25, noise σ 0.25: same weights',
    'corrupted images, fog, severity 3: same weights',
  ])
  t.deepEqual([worse.length, comparison!.family], [12, 12])
  const fog = worse.find(one => one.metric === 'corrupted')!
  t.like(fog, { test: 'mcnemar', n: 1000, before: 0.6, now: 0.56 })
  const certified = worse.find(one => one.metric === 'certified')!
  t.like(certified, { test: 'mcnemar', n: 100, before: 0.8, now: 0.6 })
  const verdicts = of('reported').filter(one => one.metric === 'verdict')
  t.is(verdicts.length, 6)
  t.like(verdicts[0], { measure: 'verdict linf 0.1', before: 1, now: -1, holm: null })
})

test('the report shows verdicts that are others now, in words', async t => {
  const store = await openStore(t.context.file, { readonly: true })
  t.teardown(() => store.destroy())
  const night = async (at: number) => {
    return { store, nightly: (await oneNightly(store, nightlyId(at)))!, place: null }
  }
  const comparison = await compareNightlies(await night(0), await night(1), usualAlarms)
  const section = changeSections(comparison).find(one => one.title.startsWith('Verdicts'))!
  t.is(section.title, 'Verdicts (6)')
  t.deepEqual(section.table![1], [
    'glyphs mlp bp seed 0: verdict linf 0.1',
    ...['real', 'masked', '–', '–', '100', ''],
  ])
})

test('without what was decided image by image, seeds are compared', async t => {
  const path = `/nightlies/${nightlyId(2)}`
  const { comparison } = await t.context.served.read(t, path, nightlyDetailSchema)
  const better = comparison!.changes.filter(one => one.verdict === 'improvement')
  t.deepEqual([...new Set(better.map(one => one.metric))], ['certified'])
  const store = await openStore(t.context.file, { readonly: true })
  t.teardown(() => store.destroy())
  const fog = await store
    .selectFrom('nightly_change')
    .where('nightly_id', '=', nightlyId(2))
    .where('metric', '=', 'corrupted')
    .where('detail', '=', 'fog, severity 3')
    .select(['arm', 'test', 'seeds', 'verdict'])
    .orderBy('arm')
    .execute()
  t.deepEqual(
    fog.map(({ arm, seeds }) => [arm, seeds]),
    [
      ['bp', 3],
      ['lr-logit', 3],
    ],
  )
  t.true(fog.every(({ test }) => test !== 'mcnemar'))
})

test('corrupted images and certificates have a trend', async t => {
  const measure = encodeURIComponent('corrupted images, fog, severity 3')
  const trend = await t.context.served.read(t, `/nightlies/trend?measure=${measure}`, trendSchema)
  t.like(trend.chosen, { metric: 'corrupted', measure: 'corrupted images, fog, severity 3' })
  const [bp] = trend.series
  t.deepEqual(
    bp!.points.map(({ mean, alarm }) => [Math.round(1000 * mean), alarm]),
    [
      [600, null],
      [560, 'regression'],
      [600, null],
    ],
  )
  t.true(trend.choices[0]!.measures.includes('certified within l2 0.5, noise σ 0.25'))
})
