import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import test, { type ExecutionContext } from 'ava'
import { type Generated, Kysely, Migrator, sql } from 'kysely'
import { WorkError } from '../../src/errors.ts'
import { databaseErrorCode } from '../../src/store/database-error.ts'
import { Sqlite3Dialect, type Sqlite3DialectConfig } from '../../src/store/sqlite3-dialect.ts'
import { temporaryFolder } from './fixtures/folder.ts'

interface Database {
  readonly run: {
    id: Generated<number>
    name: string
    accuracy: number | null
    weights: Uint8Array | null
  }
  readonly child: { id: Generated<number>; run_id: number }
}

function connect(t: ExecutionContext, config: Sqlite3DialectConfig): Kysely<Database> {
  const database = new Kysely<Database>({ dialect: new Sqlite3Dialect(config) })
  t.teardown(() => database.destroy())
  return database
}

async function fixture(t: ExecutionContext) {
  const filename = join(await temporaryFolder(t), 'a.db')
  const database = connect(t, { filename, busyTimeout: 3_000 })
  await sql`create table run (id integer primary key, name text not null unique, accuracy real,
    weights blob) strict`.execute(database)
  await sql`create table child (id integer primary key,
    run_id integer not null references run (id) on delete cascade) strict`.execute(database)
  return { database, filename }
}

const names = async (database: Kysely<Database>) =>
  (await database.selectFrom('run').select('name').orderBy('id').execute()).map(row => row.name)

test('writers use WAL, enforce foreign keys and wait for locks', async t => {
  const { database } = await fixture(t)
  const setting = async (name: string) =>
    Object.values((await sql.raw<object>(`pragma ${name}`).execute(database)).rows[0]!)[0]
  t.is(await setting('journal_mode'), 'wal')
  t.is(await setting('foreign_keys'), 1)
  t.is(await setting('busy_timeout'), 3_000)
  t.is(await setting('synchronous'), 1)
})

test('inserts and updates report ids, counts and returned rows', async t => {
  const { database } = await fixture(t)
  const first = await database
    .insertInto('run')
    .values({ name: 'a', accuracy: 0.5 })
    .executeTakeFirstOrThrow()
  t.is(first.insertId, 1n)
  t.is(first.numInsertedOrUpdatedRows, 1n)
  const second = await database
    .insertInto('run')
    .values({ name: 'b' })
    .returningAll()
    .executeTakeFirstOrThrow()
  t.deepEqual(second, { id: 2, name: 'b', accuracy: null, weights: null })
  const update = await database.updateTable('run').set({ accuracy: 1 }).executeTakeFirstOrThrow()
  t.is(update.numUpdatedRows, 2n)
  const remove = await database.deleteFrom('run').where('id', '=', 1).executeTakeFirstOrThrow()
  t.is(remove.numDeletedRows, 1n)
})

test('bytes of a part of an array come back as exactly these bytes', async t => {
  const { database } = await fixture(t)
  const part = new Float32Array([9, 1.5, -2.25, 1e-30, 9]).subarray(1, 4)
  const weights = part as unknown as Uint8Array
  await database.insertInto('run').values({ name: 'x', weights }).execute()
  const row = await database.selectFrom('run').select('weights').executeTakeFirstOrThrow()
  t.deepEqual(new Float32Array(new Uint8Array(row.weights!).buffer), new Float32Array(part))
})

test('what SQLite would change without a word is refused', async t => {
  const { database } = await fixture(t)
  const infinite = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  const wrong = [Number.NaN, ...infinite, undefined, { a: 1 }, [1], new Date(0), 2n ** 60n]
  for (const value of wrong) {
    await t.throwsAsync(sql`select ${value} as x`.execute(database), {
      message: /^invalid database value: /u,
    })
  }
  for (const value of [null, 'text', -0.5, 2 ** 53]) {
    t.deepEqual((await sql`select ${value} as x`.execute(database)).rows, [{ x: value }])
  }
  t.deepEqual((await sql`select ${5n} as x, ${true} as y`.execute(database)).rows, [{ x: 5, y: 1 }])
})

test('a transaction is undone as a whole, a savepoint in part', async t => {
  const { database } = await fixture(t)
  const failing = database.transaction().execute(async transaction => {
    await transaction.insertInto('run').values({ name: 'gone' }).execute()
    throw new Error('stop')
  })
  await t.throwsAsync(failing, { message: 'stop' })
  const transaction = await database.startTransaction().execute()
  await transaction.insertInto('run').values({ name: 'kept' }).execute()
  const savepoint = await transaction.savepoint('middle').execute()
  await savepoint.insertInto('run').values({ name: 'undone' }).execute()
  await savepoint.rollbackToSavepoint('middle').execute()
  await savepoint.releaseSavepoint('middle').execute()
  await transaction.commit().execute()
  t.deepEqual(await names(database), ['kept'])
})

test('a statement beside a transaction does not join it', async t => {
  const { database } = await fixture(t)
  const failing = database.transaction().execute(async transaction => {
    await transaction.insertInto('run').values({ name: 'inside' }).execute()
    await setTimeout(30)
    throw new Error('stop')
  })
  const outside = database.insertInto('run').values({ name: 'outside' }).execute()
  await t.throwsAsync(failing)
  await outside
  t.deepEqual(await names(database), ['outside'])
})

test('broken constraints keep their code, and children go with their parent', async t => {
  const { database } = await fixture(t)
  const orphan = database.insertInto('child').values({ run_id: 99 }).execute()
  const error = await t.throwsAsync(orphan, { message: /FOREIGN KEY/u })
  t.is(databaseErrorCode(error), 'SQLITE_CONSTRAINT')
  await database.insertInto('run').values({ name: 'parent' }).execute()
  await database.insertInto('child').values({ run_id: 1 }).execute()
  await database.deleteFrom('run').execute()
  t.deepEqual(await database.selectFrom('child').selectAll().execute(), [])
})

test('a reader streams what was there when it began, while a writer writes', async t => {
  const { database, filename } = await fixture(t)
  const rows = Array.from({ length: 2_500 }, (_, i) => ({ name: `row ${i}` }))
  await database.insertInto('run').values(rows).execute()
  const reader = connect(t, { filename, readonly: true })
  let seen = 0
  for await (const row of reader.selectFrom('run').selectAll().orderBy('id').stream()) {
    t.is(row.id, ++seen)
    if (seen === 500) await database.insertInto('run').values({ name: 'late' }).execute()
  }
  t.is(seen, 2_500)
  t.is((await names(reader)).length, 2_501)
})

test('leaving a stream early frees the connection and its lock', async t => {
  const { database } = await fixture(t)
  await database
    .insertInto('run')
    .values([{ name: 'a' }, { name: 'b' }, { name: 'c' }])
    .execute()
  for await (const row of database.selectFrom('run').selectAll().stream(1)) {
    if (row.name === 'b') break
  }
  await sql`drop table child`.execute(database)
  await database.insertInto('run').values({ name: 'd' }).execute()
  t.is((await names(database)).length, 4)
  const stream = database.deleteFrom('run').stream()
  await t.throwsAsync(stream.next(), { message: /^invalid stream: DeleteQueryNode/u })
})

test('a read-only connection refuses every write and never makes a file', async t => {
  const { database, filename } = await fixture(t)
  const reader = connect(t, { filename, readonly: true })
  const write = reader.insertInto('run').values({ name: 'no' }).execute()
  const error = await t.throwsAsync(write, { instanceOf: WorkError })
  t.is(error.message, `cannot write ${filename}: it is open for reading only or write-protected`)
  await t.throwsAsync(sql`create temp table x (a)`.execute(reader), { instanceOf: WorkError })
  await reader.transaction().execute(async transaction => t.deepEqual(await names(transaction), []))
  t.deepEqual(await names(database), [])
  const missing = connect(t, { filename: `${filename}.missing`, readonly: true })
  await t.throwsAsync(names(missing), { message: /^cannot open .*\.missing: / })
})

test('two writers that read before they write wait for each other', async t => {
  const { database, filename } = await fixture(t)
  const other = connect(t, { filename, busyTimeout: 10_000 })
  const increment = (connection: Kysely<Database>, name: string) =>
    connection.transaction().execute(async transaction => {
      const before = await names(transaction)
      await transaction.insertInto('run').values({ name, accuracy: before.length }).execute()
    })
  await Promise.all(
    [database, other].flatMap((connection, who) =>
      Array.from({ length: 50 }, (_, i) => increment(connection, `${who} ${i}`)),
    ),
  )
  const rows = await database.selectFrom('run').select('accuracy').orderBy('accuracy').execute()
  t.deepEqual(
    rows.map(row => row.accuracy),
    Array.from({ length: 100 }, (_, i) => i),
  )
})

test('a lock held for too long, and a full disk, are one line each with the name', async t => {
  const { database, filename } = await fixture(t)
  const hurried = connect(t, { filename, busyTimeout: 20 })
  await database.transaction().execute(async transaction => {
    await transaction.insertInto('run').values({ name: 'slow' }).execute()
    const write = hurried.insertInto('run').values({ name: 'hurried' }).execute()
    const error = await t.throwsAsync(write, { instanceOf: WorkError })
    t.regex(error.message, /^cannot use .*a\.db: another process has held its lock/u)
  })
  await sql`pragma max_page_count = 20`.execute(database)
  const large = { name: 'large', weights: new Uint8Array(1_000_000) }
  const error = await t.throwsAsync(database.insertInto('run').values(large).execute(), {
    instanceOf: WorkError,
  })
  const message = `cannot write ${filename}: the disk is full; free some space and run again`
  t.is(error.message, message)
  // Within a transaction too, though SQLite has then rolled back by itself.
  const together = database.transaction().execute(async transaction => {
    await transaction.insertInto('run').values({ name: 'small' }).execute()
    await transaction.insertInto('run').values(large).execute()
  })
  await t.throwsAsync(together, { instanceOf: WorkError, message })
  t.deepEqual(await names(database), ['slow'])
})

test('a failing third migration leaves no tables', async t => {
  const { filename } = await fixture(t)
  const database = connect(t, { filename: `${filename}.2` })
  const table = (name: string) => ({
    up: (target: Kysely<unknown>) =>
      target.schema.createTable(name).addColumn('id', 'integer').execute(),
  })
  const third = { up: () => Promise.reject(new Error('third')) }
  const provider = {
    getMigrations: async () => ({ '1': table('one'), '2': table('two'), '3': third }),
  }
  const { error } = await new Migrator({ db: database, provider }).migrateToLatest()
  t.is((error as Error).message, 'third')
  t.deepEqual(await database.introspection.getTables(), [])
})
