import type { Stats } from 'node:fs'
import { mkdir, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Kysely, Migrator, sql } from 'kysely'
import { messageOf, UsageError, WorkError } from '../errors.ts'
import { migrations } from './migrations/index.ts'
import type { Schema } from './schema.ts'
import { Sqlite3Dialect } from './sqlite3-dialect.ts'

/** The results database; end with `await store.destroy()`, which closes the file. */
export type Store = Kysely<Schema>

/** Writers wait this long for each other, in milliseconds: a large evaluation takes a while. */
const busyTimeout = 30_000

/**
 * Opens a results database.
 *
 * For writing (the default) the folder and the file are made if they are missing, and the schema is
 * brought up to date; several processes may do so at once. With `readonly` the file is taken as it
 * is, and every write fails; with `existing` nothing is made that is not there.
 *
 * @throws UsageError if `readonly` or `existing` and there are no results yet
 * @throws WorkError if the file is damaged, not ours, of another version or not accessible
 */
export async function openStore(
  filename: string,
  {
    readonly = false,
    existing = readonly,
  }: { readonly readonly?: boolean; readonly existing?: boolean } = {},
): Promise<Store> {
  const exists = await fileExists(filename)
  if (existing && !exists) throw noResults(filename)
  if (!exists) await makeFolder(dirname(filename))
  const store: Store = new Kysely({
    dialect: new Sqlite3Dialect({ filename, readonly, busyTimeout }),
  })
  try {
    const applied = await appliedMigrations(store, filename)
    if (readonly) requireCurrent(applied, filename)
    else await migrate(store, filename)
    return store
  } catch (error) {
    await store.destroy()
    throw error
  }
}

/** Whether there is something to open, refusing what is not a file. */
async function fileExists(filename: string): Promise<boolean> {
  let found: Stats
  try {
    found = await stat(filename)
  } catch {
    return false
  }
  if (found.isFile()) return true
  throw new WorkError(`cannot open ${filename}: expected a file, found something else`)
}

async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true })
  } catch (error) {
    throw new WorkError(`cannot make the folder ${folder}: ${messageOf(error)}`, { cause: error })
  }
}

/** Names of the migrations that the file has seen, refusing files that are not for us. */
export async function appliedMigrations(
  store: Store,
  filename: string,
): Promise<readonly string[]> {
  const tables = await sql<{ name: string }>`
    select name from sqlite_master where type = 'table' and name not like 'sqlite_%'`.execute(store)
  if (tables.rows.length === 0) return []
  if (!tables.rows.some(table => table.name === 'kysely_migration')) {
    throw new WorkError(
      `invalid results database: ${filename} holds other tables; name another file`,
    )
  }
  const { rows } = await sql<{ name: string }>`
    select name from kysely_migration order by name`.execute(store)
  const unknown = rows.find(row => migrations[row.name] === undefined)
  if (unknown !== undefined) {
    throw new WorkError(
      `cannot use ${filename}: a newer Gauntlet wrote it (${unknown.name}); update this one`,
    )
  }
  return rows.map(row => row.name)
}

function requireCurrent(applied: readonly string[], filename: string): void {
  if (applied.length === 0) throw noResults(filename)
  if (applied.length < Object.keys(migrations).length) {
    throw new WorkError(
      `cannot use ${filename}: an older Gauntlet wrote it; bring it up to date: npx gauntlet nightly`,
    )
  }
}

async function migrate(store: Store, filename: string): Promise<void> {
  const migrator = new Migrator({
    db: store,
    provider: { getMigrations: async () => ({ ...migrations }) },
  })
  // Within a transaction SQLite ignores this: tables that others refer to can be made anew.
  await sql`pragma foreign_keys = off`.execute(store)
  const { error } = await migrator.migrateToLatest()
  await sql`pragma foreign_keys = on`.execute(store)
  if (error instanceof WorkError) throw error
  if (error !== undefined) {
    throw new WorkError(`cannot bring ${filename} up to date: ${messageOf(error)}`, {
      cause: error,
    })
  }
}

function noResults(filename: string): UsageError {
  return new UsageError(`no results yet: ${filename} (run: npx gauntlet nightly)`)
}
