import anyTest, { type TestFn } from 'ava'
import { gradientsSchema, sweepSchema } from '../../server/schemas/gradients.ts'
import { problemSchema } from '../../server/schemas/problem.ts'
import { runDetailSchema, runsSchema } from '../../server/schemas/runs.ts'
import { type Served, serve } from './serve.ts'

const test = anyTest as TestFn<Served>

test.before(async t => {
  t.context = await serve()
})
test.after.always(t => t.context.stop())

test('pages by cursor hold every run once, in every order', async t => {
  const sorts = ['created', 'dataset', 'arm', 'seed', 'accuracy', 'seconds']
  for (const sort of sorts) {
    for (const order of ['asc', 'desc']) {
      const ids: string[] = []
      let cursor: string | null = ''
      while (cursor !== null) {
        const path: string = `/runs?limit=5&sort=${sort}&order=${order}&cursor=${cursor}`
        const page = await t.context.read(t, path.replace(/&cursor=$/, ''), runsSchema)
        t.is(page.total, 18)
        ids.push(...page.items.map(run => run.id))
        cursor = page.nextCursor
      }
      t.is(ids.length, 18, `${sort} ${order}`)
      t.is(new Set(ids).size, 18)
    }
  }
})

test('runs come in the order asked for', async t => {
  const { items } = await t.context.read(t, '/runs?sort=seed&order=asc', runsSchema)
  const seeds = items.map(run => run.seed)
  t.deepEqual(seeds, [...seeds].sort())
  const worst = await t.context.read(t, '/runs?sort=accuracy&order=asc&limit=1', runsSchema)
  t.is(worst.items[0]?.state, 'diverged')
})

test('filters combine', async t => {
  const path = '/runs?dataset=glyphs&architecture=lenet&arm=lr-logit&state=trained'
  const { items, total, nextCursor } = await t.context.read(t, path, runsSchema)
  t.is(total, 2)
  t.is(nextCursor, null)
  t.deepEqual(items.map(run => run.id).sort(), ['lenet-lr-logit-0', 'lenet-lr-logit-1'])
  t.is((await t.context.read(t, '/runs?state=diverged', runsSchema)).total, 1)
  t.is((await t.context.read(t, '/runs?arm=nope', runsSchema)).total, 0)
})

test('a cursor of another order is refused', async t => {
  const { nextCursor } = await t.context.read(t, '/runs?limit=5&sort=seed', runsSchema)
  const response = await t.context.get(`/api/v1/runs?sort=arm&cursor=${nextCursor}`)
  t.is(response.status, 400)
  t.is(problemSchema.parse(await response.json()).errors?.[0]?.field, 'cursor')
})

test('the clean accuracy of a run has its Wilson interval over the test split', async t => {
  const { items } = await t.context.read(t, '/runs?dataset=tiny&limit=1', runsSchema)
  const [run] = items
  t.is(run?.testCount, 10)
  // Wilson 95 % of 9/10: (0.9 + 0.19207 ± 1.96 √(0.009 + 0.0096)) / 1.38415.
  t.is(run?.cleanLow?.toFixed(4), '0.5958')
  t.is(run?.cleanHigh?.toFixed(4), '0.9821')
})

test('one run comes with everything that it depends on', async t => {
  const data = await t.context.read(t, '/runs/lenet-lr-logit-0', runDetailSchema)
  t.deepEqual(data.configuration.estimator, { copies: 16, name: 'lr-logit', sigma: 0.1 })
  t.is(data.environment.engine, 'wasm')
  t.is(data.environment.commit, 'abc1234+')
  t.deepEqual(
    data.curve.map(point => point.updates),
    [32, 64, 96, 128],
  )
  t.is(data.evaluations.length, 16)
  t.is(data.evaluations.filter(one => one.craftedOn.self).length, 8)
  t.is(data.probes.length, 12)
  t.deepEqual(
    data.pair.map(twin => twin.arm),
    ['bp', 'bp-noise'],
  )
  t.is(data.dataset.classes.length, 10)
  t.is(data.reproduce, 'npx gauntlet reproduce lenet-lr-logit-0')
})

test('a diverged run has gaps in its curve and no accuracy', async t => {
  const data = await t.context.read(t, '/runs/lenet-lr-logit-2', runDetailSchema)
  t.is(data.run.state, 'diverged')
  t.is(data.run.cleanAccuracy, null)
  t.is(data.run.cleanLow, null)
  t.deepEqual(
    data.curve.map(point => point.trainLoss === null),
    [false, true, true, true],
  )
  t.deepEqual(data.evaluations, [])
})

test('an unknown run is a 404', async t => {
  const response = await t.context.get('/api/v1/runs/nope')
  t.is(response.status, 404)
  t.is(problemSchema.parse(await response.json()).detail, 'unknown run: nope')
})

test('gradients come model by model, estimator by estimator, layer by layer', async t => {
  const path = '/gradients?dataset=glyphs&architecture=lenet'
  const { probes, setting } = await t.context.read(t, path, gradientsSchema)
  t.is(setting?.architecture, 'lenet')
  t.is(probes.length, 72)
  t.deepEqual(
    probes.slice(0, 4).map(probe => [probe.arm, probe.seed, probe.estimator, probe.site]),
    ['conv1', 'conv2', 'dense1', 'dense2'].map(site => ['bp', 0, 'bp-noise', site]),
  )
  for (const probe of probes) {
    t.true(Math.abs(probe.relativeVariance! - probe.variance / probe.referenceNorm ** 2) < 1e-12)
  }
})

test('a sweep has the probes of every architecture of a data set, with what they can be drawn against', async t => {
  const { probes } = await t.context.read(t, '/gradients/sweep?dataset=glyphs', sweepSchema)
  t.is(probes.length, 144)
  t.deepEqual([...new Set(probes.map(probe => probe.architecture))].sort(), ['lenet', 'mlp'])
  const [first] = probes
  t.like(first, { depth: 4, width: 32, engine: 'wasm', forwards: 16, referenceCopies: 256 })
  t.is(first?.training, '4 epochs of 1000 examples, batch 32')
  t.deepEqual(first?.options, { name: 'bp-noise', noise: { sequence: 'random' } })
  t.deepEqual(first?.biasClean, { value: 0.3, resolution: 0.25 })
  t.deepEqual(first?.biasSmoothed, { value: 0, resolution: 0.25 })
  for (const probe of probes) {
    const expected = probe.relativeVariance! * probe.milliseconds
    t.true(Math.abs(probe.varianceTime! - expected) < 1e-9 * expected)
  }
  const none = await t.context.read(t, '/gradients/sweep?dataset=nope', sweepSchema)
  t.deepEqual(none.probes, [])
})
