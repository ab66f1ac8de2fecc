import anyTest, { type TestFn } from 'ava'
import { evaluationsSchema, examplesSchema } from '../../server/schemas/evaluations.ts'
import { problemSchema } from '../../server/schemas/problem.ts'
import { tinyOutcomes } from './fixture.ts'
import { type Served, serve } from './serve.ts'

const test = anyTest as TestFn<Served>

test.before(async t => {
  t.context = await serve()
})
test.after.always(t => t.context.stop())

const tiny = 'linear-bp-0.linear-bp-0.fgsm.0.1'

test('pages by cursor hold every evaluation once, in every order', async t => {
  for (const sort of ['created', 'attack', 'epsilon', 'accuracy']) {
    for (const order of ['asc', 'desc']) {
      const found: string[] = []
      const values: number[] = []
      let next = ''
      do {
        const path = `/evaluations?limit=60&sort=${sort}&order=${order}${next}`
        const page = await t.context.read(t, path, evaluationsSchema)
        t.is(page.total, 196)
        found.push(...page.items.map(one => one.id))
        values.push(...page.items.map(one => one.epsilon))
        next = page.nextCursor === null ? '' : `&cursor=${page.nextCursor}`
      } while (next)
      t.is(new Set(found).size, 196, `${sort} ${order}`)
      t.is(found.length, 196)
      if (sort === 'epsilon') {
        const sorted = values.toSorted((a, b) => (order === 'asc' ? a - b : b - a))
        t.deepEqual(values, sorted)
      }
    }
  }
})

test('filters combine', async t => {
  const total = async (query: string) =>
    (await t.context.read(t, `/evaluations?${query}`, evaluationsSchema)).total
  t.is(await total('dataset=tiny'), 4)
  t.is(await total('architecture=mlp'), 96)
  t.is(await total('architecture=mlp&transfer=true'), 48)
  t.is(await total('architecture=mlp&transfer=false&attack=pgd&epsilon=0.1'), 6)
  t.is(await total('model=mlp-bp-0'), 16)
  t.is(await total('model=mlp-bp-0&craftedOn=mlp-lr-logit-0&arm=bp'), 8)
  t.is(await total('norm=l2'), 0)
  t.is(await total('nightly=nightly-1'), 0)
})

test('an evaluation has its models, its counts and its interval', async t => {
  const { items } = await t.context.read(
    t,
    '/evaluations?dataset=tiny&sort=seed',
    evaluationsSchema,
  )
  const one = items.find(item => item.id === tiny)!
  t.deepEqual(one.model, { id: 'linear-bp-0', architecture: 'linear', arm: 'bp', seed: 0 })
  t.is(one.transfer, false)
  t.deepEqual([one.n, one.cleanCorrect, one.robustCorrect, one.robustAccuracy], [10, 8, 2, 0.2])
  t.true(one.low < 0.2 && one.high > 0.2)
  t.deepEqual(one.attackConfig, { epsilon: 0.1, name: 'fgsm', steps: 1 })
})

test('examples come by number, by pages, and by success', async t => {
  const read = (query: string) =>
    t.context.read(t, `/evaluations/${tiny}/examples?${query}`, examplesSchema)
  const first = await read('limit=4')
  t.is(first.total, 10)
  t.deepEqual(
    first.items.map(one => one.example),
    [0, 1, 2, 3],
  )
  const second = await read(`limit=200&cursor=${first.nextCursor}`)
  t.is(second.nextCursor, null)
  const letters = [...first.items, ...second.items].map(one => {
    if (one.success) return 'a'
    return one.cleanPrediction === one.label ? 'R' : 'w'
  })
  t.is(letters.join(''), tinyOutcomes['bp 0'])
  t.deepEqual(
    (await read('success=true')).items.map(one => one.example),
    [2, 3, 4, 5, 6, 7],
  )
  t.is((await read('success=false')).total, 4)
})

test('unknown evaluations, foreign cursors and wrong filters are problems', async t => {
  const { nextCursor } = await t.context.read(t, '/evaluations?limit=5', evaluationsSchema)
  for (const [path, status, field] of [
    ['/evaluations/nope/examples', 404, 'id'],
    [`/evaluations?sort=arm&cursor=${nextCursor}`, 400, 'cursor'],
    [`/evaluations/${tiny}/examples?cursor=${nextCursor}`, 400, 'cursor'],
    ['/evaluations?transfer=maybe', 400, 'transfer'],
    ['/evaluations?epsilon=small', 400, 'epsilon'],
  ] as const) {
    const response = await t.context.get(`/api/v1${path}`)
    t.is(response.status, status, path)
    t.is(problemSchema.parse(await response.json()).errors?.[0]?.field, field)
  }
})
