import anyTest, { type TestFn } from 'ava'
import { problemSchema } from '../../server/schemas/problem.ts'
import { sqlAnswerSchema, viewsSchema } from '../../server/schemas/query.ts'
import { views } from '../../src/store/views.ts'
import { type Served, serve } from './serve.ts'

const test = anyTest.serial as TestFn<Served>

test.before(async t => {
  t.context = await serve()
})
test.after.always(t => t.context.stop())

const path = (sql: string, more = '') => `/query?sql=${encodeURIComponent(sql)}${more}`

test('a statement is answered with its columns, rows and limits', async t => {
  const sql =
    "select arm, count(*) as n, null as none, x'00ff' as b, 1e999 as i from model group by 1"
  const answer = await t.context.read(t, path(sql), sqlAnswerSchema)
  t.deepEqual(answer, {
    columns: ['arm', 'n', 'none', 'b', 'i'],
    rows: [
      ['bp', 7, null, '00ff', 'Infinity'],
      ['bp-noise', 4, null, '00ff', 'Infinity'],
      ['lr-logit', 7, null, '00ff', 'Infinity'],
    ],
    cut: null,
    limits: { rows: 1000, bytes: 4_000_000, seconds: 5 },
  })
})

test('every documented view can be asked, and /views documents them all', async t => {
  const documented = await t.context.read(t, '/views', viewsSchema)
  t.deepEqual(
    documented.views.map(view => view.name),
    views.map(view => view.name),
  )
  for (const { name, columns } of documented.views) {
    const answer = await t.context.read(
      t,
      path(`select * from ${name}`, '&limit=1'),
      sqlAnswerSchema,
    )
    t.deepEqual(
      answer.columns,
      columns.map(column => column.name),
    )
  }
})

test('rows beyond the limit are left out, which the answer says', async t => {
  const answer = await t.context.read(
    t,
    path('select id from evaluation', '&limit=3'),
    sqlAnswerSchema,
  )
  t.is(answer.rows.length, 3)
  t.is(answer.cut, 'rows')
})

test('what would change something, or is no SQL, is a 400 that names the field', async t => {
  const cases: readonly (readonly [sql: string, message: RegExp])[] = [
    ['delete from model', /delete; the results are read-only/u],
    ["attach 'other.db' as other", /attach; the results are read-only/u],
    ['pragma query_only = off', /pragma; the results are read-only/u],
    ['explain pragma query_only = off', /pragma; the results are read-only/u],
    ["vacuum into 'copy.db'", /vacuum; the results are read-only/u],
    ['with x as (select 1) delete from model', /delete; the results are read-only/u],
    ['select 1; delete from model', /2 statements; expected one/u],
    ['select file from "pragma_database_list"', /cannot be read here/u],
    ['select x from model', /^invalid SQL: no such column: x$/u],
    ['select hex(zeroblob(1000000))', /too big/u],
    [' ', /missing SQL/u],
  ]
  for (const [sql, message] of cases) {
    const response = await t.context.get(`/api/v1${path(sql)}`)
    t.is(response.status, 400, sql)
    const { detail, errors } = problemSchema.parse(await response.json())
    t.regex(detail, message)
    t.deepEqual(
      errors?.map(error => error.field),
      ['sql'],
    )
  }
  const count = await t.context.read(t, path('select count(*) from model'), sqlAnswerSchema)
  t.deepEqual(count.rows, [[18]])
})

const endless = `/api/v1${path(
  'with recursive n (i) as (select 1 union all select i + 1 from n) select count(*) from n',
)}`

test('an address that is too long is a 414, on pages too', async t => {
  for (const start of ['/api/v1/query?sql=', '/query?sql=']) {
    const response = await t.context.get(start + 'x'.repeat(12_000))
    t.is(response.status, 414)
    t.is(problemSchema.parse(await response.json()).title, 'Address too long')
  }
})

test('more queries than can wait are turned away, until there is room again', async t => {
  const gone = new AbortController()
  const asking = Array.from({ length: 15 }, () => t.context.get(endless, { signal: gone.signal }))
  const refused = await Promise.any(asking)
  t.is(refused.status, 429)
  t.is(problemSchema.parse(await refused.json()).title, 'Too many requests')
  gone.abort()
  await Promise.allSettled(asking)
  let answer: Response
  do answer = await t.context.get(`/api/v1${path('select 1')}`)
  while (answer.status === 429)
  t.deepEqual(sqlAnswerSchema.parse(await answer.json()).rows, [[1]])
})

test('an endless query holds up nobody and is stopped', async t => {
  let answered = false
  const asking = t.context.get(endless).finally(() => {
    answered = true
  })
  t.is((await t.context.get('/api/v1/summary')).status, 200)
  t.deepEqual((await t.context.read(t, path('select 1'), sqlAnswerSchema)).rows, [[1]])
  t.false(answered)
  const stopped = await asking
  t.is(stopped.status, 422)
  const { detail } = problemSchema.parse(await stopped.json())
  t.is(detail, 'the query took longer than 5 seconds and was stopped')
})
