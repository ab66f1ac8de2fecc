import anyTest, { type TestFn } from 'ava'
import { compareSchema } from '../../server/schemas/compare.ts'
import { problemSchema } from '../../server/schemas/problem.ts'
import { tinyOutcomes } from './fixture.ts'
import { type Served, serve } from './serve.ts'

const test = anyTest as TestFn<Served>

test.before(async t => {
  t.context = await serve()
})
test.after.always(async t => {
  await t.context?.stop()
})

test('two runs differ in the leaves that differ, and share the others', async t => {
  const path = '/compare?runs=lenet-bp-0,lenet-lr-logit-0'
  const { runs, leaves, curves } = await t.context.read(t, path, compareSchema)
  t.deepEqual(
    runs.map(({ id }) => id),
    ['lenet-bp-0', 'lenet-lr-logit-0'],
  )
  const leaf = (name: string) => leaves.find(({ path }) => path === name)
  t.deepEqual(leaf('estimator.copies'), {
    path: 'estimator.copies',
    values: [null, 16],
    differs: true,
  })
  t.deepEqual(leaf('training.optimiser.name')?.differs, false)
  t.deepEqual(leaf('pair')?.differs, false)
  t.deepEqual(
    leaves.filter(({ differs }) => differs).map(({ path }) => path),
    ['arm', 'estimator.name', 'estimator.copies', 'estimator.sigma'],
  )
  t.deepEqual(
    curves.map(curve => curve.at(-1)?.forwards),
    [128, 2048],
  )
})

test('the difference is over the examples of both, against the first run', async t => {
  const { results } = await t.context.read(
    t,
    '/compare?runs=linear-bp-0,linear-lr-logit-0',
    compareSchema,
  )
  const [fgsm] = results
  t.is(results.length, 1)
  t.like(fgsm, { attack: 'fgsm', epsilon: 0.1, craftedOn: null })
  t.deepEqual(
    fgsm?.evaluations.map(one => one?.correct),
    [2, 6],
  )
  const [none, difference] = fgsm!.differences
  t.is(none, null)
  // Right under attack in the second alone, and in the first alone.
  const [first, second] = [tinyOutcomes['bp 0'], tinyOutcomes['lr-logit 0']]
  const better = [...second].filter((one, at) => one === 'R' && first[at] !== 'R').length
  t.like(difference, { n: 10, difference: 0.4, better, worse: 0 })
  // Four examples one way and none the other: 2 / 2⁴.
  t.is(difference?.p.toFixed(9), '0.125000000')
  t.is(difference?.holm, difference?.p)
})

test('attacks that only one run met are there, without a difference', async t => {
  const { results } = await t.context.read(
    t,
    '/compare?runs=lenet-bp-0,lenet-lr-logit-0',
    compareSchema,
  )
  // White-box: two attacks at four budgets, met by both; transferred: each from the other.
  t.is(results.length, 8 + 16)
  const both = results.filter(one => one.evaluations.every(own => own !== null))
  t.true(both.every(one => one.craftedOn === null && one.differences[1] !== null))
  const alone = results.filter(one => one.evaluations.includes(null))
  t.true(alone.every(one => one.craftedOn !== null && one.differences[1] === null))
})

test('models of other data share no examples', async t => {
  const path = '/compare?runs=lenet-bp-0,linear-bp-0'
  const { results, leaves } = await t.context.read(t, path, compareSchema)
  t.true(results.some(({ evaluations }) => evaluations.every(one => one !== null)))
  t.true(results.every(({ differences }) => differences.every(one => one === null)))
  t.deepEqual(leaves.find(({ path }) => path === 'dataset.name')?.values, ['glyphs', 'tiny'])
})

test('what cannot be compared is refused by name', async t => {
  const answer = async (runs: string) => {
    const response = await t.context.get(`/api/v1/compare?runs=${runs}`)
    return problemSchema.parse(await response.json())
  }
  t.like(await answer('lenet-bp-0,nope'), { status: 404, detail: 'unknown run: nope' })
  t.like(await answer('lenet-bp-0,lenet-bp-0'), { status: 400 })
  const nine = Array.from({ length: 9 }, (_, at) => `run-${at}`).join(',')
  for (const runs of ['lenet-bp-0', nine, 'lenet-bp-0,']) {
    const { status, errors } = await answer(runs)
    t.is(status, 400)
    t.is(errors?.[0]?.field, 'runs')
  }
})
