import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import anyTest, { type TestFn } from 'ava'
import { parquetReadObjects } from 'hyparquet'
import { sql } from 'kysely'
import { problemSchema } from '../../server/schemas/problem.ts'
import { exportCommand } from '../../src/commands/export.ts'
import { readZip } from '../../src/data/graph/zip.ts'
import { UsageError } from '../../src/errors.ts'
import { openStore } from '../../src/store/store.ts'
import { views } from '../../src/store/views.ts'
import { resultsFile } from './fixture.ts'
import { type Served, serve } from './serve.ts'

type Row = Readonly<Record<string, string | number | null>>

const test = anyTest.serial as TestFn<Served & { readonly file: string }>

test.before(async t => {
  const file = await resultsFile()
  t.context = { ...(await serve(file)), file }
})
test.after.always(t => t.context.stop())

async function bytesOf(response: Response): Promise<Buffer> {
  return Buffer.from(await response.arrayBuffer())
}

/** Type and values of one array of an archive. */
function arrayOf(archive: Buffer, name: string): { type: string; values: unknown[] } {
  const bytes = readZip({ path: 'export.npz', bytes: archive }).get(`${name}.npy`)!
  const start = 10 + bytes.readUInt16LE(8)
  const [, type = '', size = ''] = /'descr': '([^']+)'.*\((\d+),\)/.exec(
    bytes.toString('latin1', 10, start),
  )!
  const width = type.startsWith('<U') ? 4 * Number(type.slice(2)) : 8
  const values = Array.from({ length: Number(size) }, (_, at) => {
    const from = start + at * width
    if (type === '<f8') return bytes.readDoubleLE(from)
    if (type === '<i8') return Number(bytes.readBigInt64LE(from))
    const points = Array.from({ length: width / 4 }, (_, i) => bytes.readUInt32LE(from + 4 * i))
    return String.fromCodePoint(...points.filter(point => point > 0))
  })
  return { type, values }
}

test('every documented view can be exported, with its documented columns', async t => {
  for (const { name, columns } of views) {
    const response = await t.context.get(`/api/v1/export.csv?view=${name}`)
    t.is(response.status, 200, name)
    const [head = ''] = (await response.text()).split('\r\n')
    t.deepEqual(head.split(','), Object.keys(columns))
  }
})

test('all formats hold the same rows, and the unversioned address gives them too', async t => {
  const query = 'view=v_robust_accuracy&dataset=tiny'
  const store = await openStore(t.context.file, { readonly: true })
  t.teardown(() => store.destroy())
  const expected: readonly Row[] = (
    await store.selectFrom('v_robust_accuracy').where('dataset', '=', 'tiny').selectAll().execute()
  ).map(row => ({ ...row }))
  t.is(expected.length, 4)
  const json = await t.context.get(`/api/v1/export.json?${query}`)
  t.is(json.headers.get('x-row-count'), '4')
  t.is(json.headers.get('x-row-limit'), '5000000')
  t.deepEqual(await json.json(), expected)
  const csv = await (await t.context.get(`/api/export.csv?${query}`)).text()
  t.deepEqual(
    csv.trimEnd().split('\r\n').slice(1),
    expected.map(row => Object.values(row).join(',')),
  )
  const parquet = await bytesOf(await t.context.get(`/api/v1/export.parquet?${query}`))
  const file = new Uint8Array(parquet).buffer
  t.deepEqual(
    (await parquetReadObjects({ file })).map(row =>
      Object.fromEntries(
        Object.entries(row).map(([name, value]) => [
          name,
          typeof value === 'bigint' ? Number(value) : value,
        ]),
      ),
    ),
    expected,
  )
  const npz = await bytesOf(await t.context.get(`/api/v1/export.npz?${query}`))
  for (const [name, type] of [
    ['n', '<i8'],
    ['robust_accuracy', '<f8'],
    ['arm', '<U8'],
  ] as const) {
    const column = expected.map(row => row[name])
    t.deepEqual(arrayOf(npz, name), { type, values: column }, name)
  }
  t.is(arrayOf(npz, 'inference').values[0], '')
})

test('tables are exported in full, beyond one batch', async t => {
  const response = await t.context.get('/api/v1/export.csv?view=example')
  const lines = (await response.text()).trimEnd().split('\r\n')
  t.is(lines.length, 1 + 192 * 120 + 4 * 10)
  t.is(new Set(lines).size, lines.length)
})

test('filters are values of columns: numbers of calculated columns, and null', async t => {
  const count = async (query: string) =>
    Number((await t.context.get(`/api/v1/export.csv?${query}`)).headers.get('x-row-count'))
  t.is(await count('view=v_robust_accuracy&architecture=mlp&transfer=1&epsilon=0.1'), 12)
  t.is(await count('view=model&clean_accuracy='), 1)
  t.is(await count('view=model&arm=nope'), 0)
})

test('a text that a spreadsheet would run is guarded', async t => {
  const store = await openStore(t.context.file)
  await store.updateTable('environment').set({ device: '=1+1,"x"' }).execute()
  await store.destroy()
  const csv = await (await t.context.get('/api/v1/export.csv?view=environment')).text()
  t.true(csv.includes(`,"'=1+1,""x""",`))
})

test('unknown views, columns and formats are problems, as what SQLite keeps for itself', async t => {
  for (const [path, field] of [
    ['export.csv?view=nope', 'view'],
    ['export.csv', 'view'],
    ['export.csv?view=sqlite_master', 'view'],
    ['export.csv?view=model;drop', 'view'],
    ['export.csv?view=model&colour=red', 'colour'],
    ['export.csv?view=model&arm=a&arm=b', 'arm'],
    ['export.xlsx?view=model', 'format'],
  ] as const) {
    const response = await t.context.get(`/api/v1/${path}`)
    t.is(response.status, 400, path)
    t.is(problemSchema.parse(await response.json()).errors?.[0]?.field, field)
  }
})

test('the command writes the same files', async t => {
  const results = dirname(t.context.file)
  const run = async (...args: string[]) => {
    const stdout = new PassThrough()
    await exportCommand(stdout).parseAsync([...args, '--results', results], { from: 'user' })
    return text(stdout.end())
  }
  const args = ['--view', 'v_runs', '--where', 'architecture=lenet', '--where', 'seed=0']
  const printed = await run(...args)
  const query = 'view=v_runs&architecture=lenet&seed=0'
  t.is(printed, await (await t.context.get(`/api/v1/export.csv?${query}`)).text())
  const output = join(results, 'runs.parquet')
  await run(...args, '--output', output)
  const served = await bytesOf(await t.context.get(`/api/v1/export.parquet?${query}`))
  t.deepEqual(await readFile(output), served)
  const refused = { instanceOf: UsageError }
  await t.throwsAsync(run('--view', 'model', '--format', 'npz'), {
    ...refused,
    message: /--output/,
  })
  await t.throwsAsync(run('--view', 'nope'), { ...refused, message: /^unknown view: nope/ })
  await t.throwsAsync(run('--view', 'model', '--output', 'a.xlsx'), {
    ...refused,
    message: /^unknown format/,
  })
})

test('more rows than a format may hold are a 413 that says what to do', async t => {
  const store = await openStore(t.context.file)
  await sql`
    insert into learning_curve (model_id, updates, epoch, forwards, seconds, learning_rate)
    with recursive n (i) as (select 1000 union all select i + 1 from n limit 100001)
    select 'mlp-bp-0', i, i, i, i, 0.1 from n`.execute(store)
  await store.destroy()
  const response = await t.context.get('/api/v1/export.npz?view=learning_curve')
  t.is(response.status, 413)
  t.is(response.headers.get('x-row-limit'), '100000')
  const { detail } = problemSchema.parse(await response.json())
  t.is(
    detail,
    'more than 100000 rows, which is all that one npz may hold; ask for parquet, or filter by a column',
  )
  const less = await t.context.get('/api/v1/export.npz?view=learning_curve&model_id=mlp-bp-1')
  t.is(less.headers.get('x-row-count'), '4')
  await less.arrayBuffer()
})
