import anyTest, { type ExecutionContext, type TestFn } from 'ava'
import { robustnessSchema } from '../../server/schemas/robustness.ts'
import { holm } from '../../src/statistics/holm.ts'
import { openStore } from '../../src/store/store.ts'
import { resultsFile } from './fixture.ts'
import { type Served, serve } from './serve.ts'

const test = anyTest as TestFn<Served & { readonly file: string }>

test.before(async t => {
  const file = await resultsFile()
  t.context = { ...(await serve(file)), file }
})
test.after.always(t => t.context.stop())

type Context = ExecutionContext<Served & { readonly file: string }>

function read(t: Context, dataset: string, architecture: string, more = '') {
  const query = `dataset=${dataset}&architecture=${architecture}&norm=linf${more}`
  return t.context.read(t, `/robustness?${query}`, robustnessSchema)
}

function near(t: ExecutionContext, actual: number, expected: number) {
  t.true(Math.abs(actual - expected) < 1e-3, `${actual} is not ${expected}`)
}

/* By hand from the outcomes written out in fixture.ts: bp is right under attack on 2 and 3 of ten
   examples, the likelihood ratio on 6 and 5; without attack on 8, 9 and 9, 9. Wilson 95 % of
   2/10 is [0.0567, 0.5098], of 6/10 [0.3127, 0.8318]: (p + z²/2n ± z √(p(1 − p)/n + z²/4n²)) / (1 + z²/n), z = 1.96. */

test('points of single seeds carry their counts and Wilson intervals', async t => {
  const { curves } = await read(t, 'tiny', 'linear', '&attack=fgsm')
  const [bp, lr] = ['bp', 'lr-logit'].map(series => curves.find(curve => curve.series === series)!)
  const under = bp!.points.find(point => point.epsilon === 0.1)!
  t.deepEqual(
    under.seeds.map(seed => [seed.seed, seed.correct, seed.n]),
    [
      [0, 2, 10],
      [1, 3, 10],
    ],
  )
  near(t, under.seeds[0]!.low, 0.0567)
  near(t, under.seeds[0]!.high, 0.5098)
  const robust = lr!.points.find(point => point.epsilon === 0.1)!
  near(t, robust.seeds[0]!.low, 0.3127)
  near(t, robust.seeds[0]!.high, 0.8318)
})

test('the mean over seeds counts an example once, however many seeds judged it', async t => {
  const { curves } = await read(t, 'tiny', 'linear', '&attack=fgsm')
  const bp = curves.find(curve => curve.series === 'bp')!
  const [clean, under] = bp.points
  t.is(clean!.epsilon, 0)
  near(t, clean!.accuracy, 0.85)
  t.is(under!.n, 10)
  t.is(under!.correct, 5)
  near(t, under!.accuracy, 0.25)
  // Means by example are 1, 1, ½, 0 …: variance 0.1625; effective n = 0.1875 / 0.01625 = 11.54.
  near(t, under!.low, 0.0872)
  near(t, under!.high, 0.5377)
})

test('paired differences: the same examples, seed by seed and over the seeds', async t => {
  const { differences } = await read(t, 'tiny', 'linear', '&attack=fgsm')
  const one = differences.find(difference => difference.epsilon === 0.1)!
  t.is(one.series, 'lr-logit')
  t.is(one.against, 'bp')
  near(t, one.difference, 0.3)
  const [first] = one.perSeed
  // Seed 0: likelihood ratio alone right on examples 2 to 5, bp alone on none.
  t.deepEqual([first!.better, first!.worse], [4, 0])
  near(t, first!.difference, 0.4)
  near(t, first!.p, 0.125)
  // Agresti-Min: (4 − 0)/12 ± 1.96 √((5/12 − (4/12)²)/12).
  near(t, first!.low, 0.0205)
  near(t, first!.high, 0.6461)
  // Over both: d > 0 on examples 2 to 5.
  t.deepEqual([one.better, one.worse, one.n, one.seeds.join()], [4, 0, 10, '0,1'])
  near(t, one.p, 0.125)
})

test('the p-values of an answer are one family; seeds decide where there are several', async t => {
  const { differences, gaps } = await read(t, 'glyphs', 'lenet')
  for (const all of [differences, gaps]) {
    const family = all.filter(one => one.epsilon > 0)
    t.true(family.length > 1)
    const adjusted = holm(family.map(({ overSeeds, p }) => overSeeds?.p ?? p))
    t.deepEqual(
      family.map(one => one.holm),
      adjusted,
    )
    t.true(all.every(one => one.epsilon > 0 || one.holm === null))
  }
  const tiny = await read(t, 'tiny', 'linear')
  const one = tiny.differences.find(({ attack, epsilon }) => attack === 'fgsm' && epsilon === 0.1)!
  // Seeds differ by 0.4 and 0.2: with one degree of freedom p = 1 − 2 arctan(t) / π, t = 0.3 / 0.1.
  near(t, one.overSeeds!.p, 1 - (2 / Math.PI) * Math.atan(3))
  near(t, one.overSeeds!.sd, Math.SQRT2 / 10)
})

test('a curve an attack and source, the worst case first among the attacks', async t => {
  const { attacks, curves, epsilons, chance } = await read(t, 'glyphs', 'lenet')
  t.deepEqual(attacks, ['worst-case', 'fgsm', 'pgd'])
  t.deepEqual(epsilons, [0.05, 0.1, 0.2, 0.3])
  t.is(chance, 0.1)
  t.deepEqual(
    curves
      .filter(curve => curve.series === 'lr-logit')
      .map(curve => [curve.attack, curve.craftedOn?.arm ?? null])
      .sort(),
    [
      ['fgsm', 'bp'],
      ['fgsm', null],
      ['pgd', 'bp'],
      ['pgd', null],
      ['worst-case', null],
    ].sort(),
  )
  for (const curve of curves)
    t.deepEqual(
      curve.points.map(point => point.epsilon),
      [0, ...epsilons],
    )
})

test('the worst case agrees with the view of the database', async t => {
  const { curves } = await read(t, 'glyphs', 'lenet')
  const store = await openStore(t.context.file, { readonly: true })
  t.teardown(() => store.destroy())
  const { sql } = await import('kysely')
  const { rows } = await sql<{ model_id: string; epsilon: number; all_survivors: number }>`
    select model_id, epsilon, all_survivors from v_worst_case
    where dataset = 'glyphs' and architecture = 'lenet'`.execute(store)
  t.is(rows.length, 24)
  const worst = curves.filter(curve => curve.attack === 'worst-case')
  for (const row of rows) {
    const seeds = worst.flatMap(curve =>
      curve.points.filter(point => point.epsilon === row.epsilon).flatMap(point => point.seeds),
    )
    t.is(seeds.find(seed => seed.model === row.model_id)?.correct, row.all_survivors)
  }
})

test('single points agree with the evaluations of the database', async t => {
  const { curves } = await read(t, 'glyphs', 'mlp')
  const store = await openStore(t.context.file, { readonly: true })
  t.teardown(() => store.destroy())
  const rows = await store.selectFrom('evaluation').selectAll().execute()
  const byId = new Map(rows.map(row => [row.id, row]))
  const seeds = curves.flatMap(curve => curve.points.flatMap(point => point.seeds))
  const measured = seeds.filter(seed => seed.evaluation !== null)
  t.is(measured.length, 96)
  for (const seed of measured) {
    const row = byId.get(seed.evaluation!)!
    t.is(seed.correct, row.robust_correct)
    t.is(seed.n, row.n)
    near(t, seed.low, row.robust_accuracy_low)
    near(t, seed.high, row.robust_accuracy_high)
  }
})

test('models without a trained twin are left out, with the reason', async t => {
  const { leftOut, series, flags } = await read(t, 'glyphs', 'lenet')
  t.deepEqual(leftOut.map(one => [one.id, one.reason]).sort(), [
    ['lenet-bp-2', 'no partner'],
    ['lenet-lr-logit-2', 'diverged'],
  ])
  for (const one of series)
    t.deepEqual(
      one.models.map(model => model.seed),
      [0, 1],
    )
  t.is(flags.filter(flag => flag.kind === 'left-out').length, 2)
})

test('gaps compare a transferred with a white-box attack on the same model', async t => {
  const { gaps, curves } = await read(t, 'glyphs', 'lenet', '&attack=pgd')
  const gap = gaps.find(one => one.series === 'lr-logit' && one.epsilon === 0.2)!
  const accuracy = (source: string | undefined) =>
    curves
      .find(curve => curve.series === 'lr-logit' && curve.craftedOn?.arm === source)!
      .points.find(point => point.epsilon === 0.2)!.accuracy
  t.deepEqual(gap.craftedOn, { arm: 'bp', architecture: 'lenet' })
  near(t, gap.difference, accuracy('bp') - accuracy(undefined))
  t.true(gap.difference > 0 && gap.p < 0.05)
})

test('what is not in the database gives an empty answer', async t => {
  const none = await read(t, 'glyphs', 'vgg')
  t.is(none.setting, null)
  t.deepEqual([none.curves, none.series, none.attacks], [[], [], []])
  const unknown = await read(t, 'glyphs', 'lenet', '&setting=nope')
  t.is(unknown.setting, null)
  t.is(unknown.settings.length, 1)
})
