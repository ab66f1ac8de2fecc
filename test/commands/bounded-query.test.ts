import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { boundedQuery, StoppedError } from '../../src/commands/query/bounded-query.ts'
import { openStore } from '../../src/store/store.ts'
import { temporaryFolder } from '../store/fixtures/folder.ts'

const bounds = { rows: 10, bytes: 1_000, milliseconds: 60_000 }
const endless = 'with recursive n (i) as (select 1 union all select i + 1 from n) '

async function emptyFile(t: ExecutionContext): Promise<string> {
  const file = join(await temporaryFolder(t), 'gauntlet.db')
  await (await openStore(file)).destroy()
  return file
}

test('rows and size are cut, and it is said which', async t => {
  const file = await emptyFile(t)
  const whole = await boundedQuery(file, 'values (1), (2)', bounds)
  t.deepEqual(whole, {
    columns: ['column1'],
    rows: [{ column1: 1 }, { column1: 2 }],
    cut: null,
  })
  const many = await boundedQuery(file, `${endless} select i from n`, bounds)
  t.is(many.rows.length, 10)
  t.is(many.cut, 'rows')
  const large = await boundedQuery(
    file,
    `${endless} select i, hex(zeroblob(200)) as long from n`,
    bounds,
  )
  t.is(large.rows.length, 2)
  t.is(large.cut, 'size')
  const exact = await boundedQuery(file, `${endless} select i from n limit 10`, bounds)
  t.is(exact.cut, null)
})

test('a query that does not end is stopped, by its time or by who asked', async t => {
  const file = await emptyFile(t)
  const statement = `${endless} select count(*) from n`
  const late = boundedQuery(file, statement, { ...bounds, milliseconds: 50 })
  await t.throwsAsync(late, { instanceOf: StoppedError })
  const gone = new AbortController()
  const asking = boundedQuery(file, statement, bounds, gone.signal)
  gone.abort()
  await t.throwsAsync(asking, { instanceOf: StoppedError })
  await t.throwsAsync(boundedQuery(file, statement, bounds, gone.signal), {
    instanceOf: StoppedError,
  })
})

test('a text that is too long is an error before it is made', async t => {
  const file = await emptyFile(t)
  await t.throwsAsync(boundedQuery(file, 'select hex(zeroblob(1000000))', bounds), {
    message: /too big/u,
  })
})
