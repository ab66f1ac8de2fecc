import { mkdir, readdir, readFile, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { sql } from 'kysely'
import { UsageError, WorkError } from '../../src/errors.ts'
import { migrations } from '../../src/store/migrations/index.ts'
import { openStore } from '../../src/store/store.ts'
import { temporaryFolder, temporaryStore } from './fixtures/folder.ts'
import { runScript } from './fixtures/run-script.ts'

/** Fails, in both ways of opening, with one line that names the file. */
async function refused(t: ExecutionContext, filename: string, message: RegExp): Promise<void> {
  for (const readonly of [false, true]) {
    const error = await t.throwsAsync(openStore(filename, { readonly }), { instanceOf: WorkError })
    t.regex(error.message, message)
    t.true(error.message.includes(filename))
    t.false(error.message.includes('\n'))
  }
}

test('opening for writing makes folder, file and schema, and may be repeated', async t => {
  const filename = join(await temporaryFolder(t), 'deep', 'er', 'gauntlet.db')
  for (const _ of [1, 2]) {
    const store = await openStore(filename)
    t.deepEqual(await store.selectFrom('model').selectAll().execute(), [])
    await store.destroy()
  }
})

test('tables are strict and accept only what the schema allows', async t => {
  const { store } = await temporaryStore(t)
  const tables = await sql<{ name: string; strict: number }>`
    select name, strict from pragma_table_list where type = 'table' and name not like 'sqlite_%'
    and name not like 'kysely_%'`.execute(store)
  t.is(tables.rows.length, 22)
  t.true(tables.rows.every(table => table.strict === 1))
  const values = { id: 'a', kind: 'train', config: '{}', title: 'a', cost: 1, attempts: 0 } as const
  const job = (more: object) =>
    store
      .insertInto('job')
      .values({ ...values, state: 'waiting', ...more })
      .execute()
  await t.throwsAsync(job({ state: 'lost' }), { message: /CHECK/u })
  await t.throwsAsync(job({ state: 'running' }), { message: /CHECK/u })
  await t.throwsAsync(job({ state: 'failed' }), { message: /CHECK/u })
  await t.throwsAsync(job({ cost: 'high' }), { message: /cannot store TEXT value in REAL/u })
  await t.notThrowsAsync(job({}))
})

test('several processes may make the same database at once', async t => {
  const filename = join(await temporaryFolder(t), 'results', 'gauntlet.db')
  await Promise.all(Array.from({ length: 6 }, () => runScript('open-once.js', filename)))
  const store = await openStore(filename, { readonly: true })
  const applied = await sql`select name from kysely_migration`.execute(store)
  t.deepEqual(
    applied.rows,
    Object.keys(migrations).map(name => ({ name })),
  )
  await store.destroy()
})

test('reading before there are results says how to get some, and makes nothing', async t => {
  const folder = await temporaryFolder(t)
  const filename = join(folder, 'gauntlet.db')
  const message = `no results yet: ${filename} (run: npx gauntlet nightly)`
  const options = { readonly: true }
  await t.throwsAsync(openStore(filename, options), { instanceOf: UsageError, message })
  t.deepEqual(await readdir(folder), [])
  await writeFile(filename, '')
  await t.throwsAsync(openStore(filename, options), { instanceOf: UsageError, message })
})

test('reading changes nothing, and writing is refused', async t => {
  const { store, filename } = await temporaryStore(t)
  await store.destroy()
  const before = await readFile(filename)
  const reader = await openStore(filename, { readonly: true })
  await t.throwsAsync(reader.deleteFrom('job').execute(), { instanceOf: WorkError })
  await reader.destroy()
  t.deepEqual(await readFile(filename), before)
})

test('a database of a newer Gauntlet is refused', async t => {
  const { store, filename } = await temporaryStore(t)
  await sql`insert into kysely_migration values ('999-future', '2030-01-01')`.execute(store)
  await refused(t, filename, /^cannot use .*: a newer Gauntlet wrote it \(999-future\); update/u)
})

test('a database that another process is about to make has no results yet', async t => {
  const { store, filename } = await temporaryStore(t)
  await sql`delete from kysely_migration`.execute(store)
  await t.throwsAsync(openStore(filename, { readonly: true }), {
    instanceOf: UsageError,
    message: /^no results yet: /u,
  })
})

test("somebody else's database is left alone", async t => {
  const { store, filename } = await temporaryStore(t)
  await sql`drop table kysely_migration`.execute(store)
  await refused(t, filename, /^invalid results database: .* holds other tables/u)
})

test('a file that is not a database, a folder, and a file in place of the folder', async t => {
  const folder = await temporaryFolder(t)
  const text = join(folder, 'text.db')
  await writeFile(text, 'This is a text of some length and by no means a database. '.repeat(20))
  await refused(t, text, /^invalid database: .* is not an SQLite database/u)
  const inner = join(folder, 'folder.db')
  await mkdir(inner)
  await refused(t, inner, /^cannot open .*: expected a file, found something else/u)
  await t.throwsAsync(openStore(join(text, 'gauntlet.db')), {
    instanceOf: WorkError,
    message: /^cannot make the folder .*text\.db: /u,
  })
})

test('a database that was cut short is refused', async t => {
  const { store, filename } = await temporaryStore(t)
  await store.destroy()
  const { length } = await readFile(filename)
  await truncate(filename, length - 4096 * 3)
  await refused(t, filename, /^invalid database: .* is damaged or cut short/u)
  await truncate(filename, 1000)
  await refused(t, filename, /^invalid database: /u)
})
