import { mkdtemp, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Kysely } from 'kysely'
import { UsageError, WorkError } from '../../errors.ts'
import { copyFiles, type FilePlan, planFiles, removeFiles } from '../../runner/merge-files.ts'
import { type ResultsFolder, resultsFolder } from '../../runner/results-folder.ts'
import {
  attach,
  type Conflict,
  detach,
  type MergeOutcome,
  mergeRows,
} from '../../store/maintenance/merge-rows.ts'
import { snapshot } from '../../store/maintenance/vacuum.ts'
import { Sqlite3Dialect } from '../../store/sqlite3-dialect.ts'
import { appliedMigrations, openStore, type Store } from '../../store/store.ts'
import { textTable } from '../text-table.ts'
import { requireIdle } from './vacuum.ts'

interface MergeOptions {
  readonly results: string
  readonly dryRun?: true
}

/** Takes another results database in with its files, or says what it would take in. */
export async function mergeDatabases(other: string, options: MergeOptions): Promise<void> {
  const ours = resultsFolder(options.results)
  const source = await sourceOf(other)
  await requireOther(source.database, ours.database)
  // A dry run does not even bring an older database up to date.
  if (options.dryRun) await (await openStore(ours.database, { readonly: true })).destroy()
  const store = await openStore(ours.database)
  const folder = await mkdtemp(join(dirname(ours.database), 'merging-'))
  try {
    const copy = join(folder, 'theirs.db')
    await copyOf(source.database, copy)
    const theirs = await openStore(copy)
    try {
      await requireIdle(store, ours.database)
      const files = await planFiles(
        { store: theirs, results: source.results },
        { store, results: ours },
      )
      await attach(store, copy)
      const outcome = await merge(store, files, source.results, ours, options.dryRun ?? false)
      await detach(store)
      report(outcome, files, source.database, ours.database, options.dryRun ?? false)
    } finally {
      await theirs.destroy()
    }
  } finally {
    await store.destroy()
    await rm(folder, { recursive: true, force: true })
  }
}

interface Source {
  readonly database: string
  readonly results: ResultsFolder
}

/** The database in a folder, or a database whose folder holds its files. */
async function sourceOf(other: string): Promise<Source> {
  const found = await stat(other).catch(() => undefined)
  if (!found) throw new UsageError(`missing results: ${other}`)
  if (found.isDirectory()) {
    const results = resultsFolder(other)
    return { database: results.database, results }
  }
  return { database: other, results: resultsFolder(dirname(other)) }
}

/** @throws UsageError if both names lead to one file, or the first to none */
async function requireOther(source: string, target: string): Promise<void> {
  const [theirs, ours] = await Promise.all(
    [source, target].map(file => stat(file).catch(() => undefined)),
  )
  if (!theirs) throw new UsageError(`missing results: ${source}`)
  if (ours && theirs.dev === ours.dev && theirs.ino === ours.ino) {
    throw new UsageError(`invalid merge: ${source} and ${target} are the same database`)
  }
}

/** Copies a database as it is at this moment, whoever writes to it; the copy may be migrated. */
async function copyOf(source: string, copy: string): Promise<void> {
  const store: Store = new Kysely({
    dialect: new Sqlite3Dialect({ filename: source, readonly: true }),
  })
  try {
    if ((await appliedMigrations(store, source)).length === 0) {
      throw new UsageError(`no results yet: ${source}`)
    }
    await snapshot(store, copy)
  } finally {
    await store.destroy()
  }
}

/** Thrown out of a transaction that was only to be looked at. */
class Undo extends Error {}

/**
 * Tries the merge and undoes it; then, unless there are conflicts, copies the files and merges. What
 * fails in between leaves neither rows nor files.
 */
async function merge(
  store: Store,
  files: FilePlan,
  from: ResultsFolder,
  to: ResultsFolder,
  dryRun: boolean,
): Promise<MergeOutcome> {
  const tried = await within(store, false)
  requireNone([...tried.conflicts, ...files.conflicts])
  if (dryRun) return tried
  const written = await copyFiles(files.copy, from, to)
  try {
    return await within(store, true, async transaction => requireIdle(transaction, to.database))
  } catch (error) {
    await removeFiles(written)
    throw error
  }
}

async function within(
  store: Store,
  keep: boolean,
  first: (transaction: Store) => Promise<void> = async () => {},
): Promise<MergeOutcome> {
  let outcome: MergeOutcome | undefined
  try {
    await store.transaction().execute(async transaction => {
      await first(transaction)
      outcome = await mergeRows(transaction)
      if (!keep) throw new Undo()
      requireNone(outcome.conflicts)
    })
  } catch (error) {
    if (!(error instanceof Undo)) throw error
  }
  return outcome!
}

/** @throws WorkError that names every conflict, a line each */
function requireNone(conflicts: readonly Conflict[]): void {
  if (conflicts.length === 0) return
  for (const { table, key, what } of conflicts) console.log(`conflict: ${table} ${key}: ${what}`)
  throw new WorkError(
    `cannot merge: ${conflicts.length === 1 ? 'one result is' : `${conflicts.length} results are`} ` +
      'not the same in both; nothing was changed',
  )
}

function report(
  { merged }: MergeOutcome,
  files: FilePlan,
  source: string,
  target: string,
  dryRun: boolean,
): void {
  const rows = merged
    .filter(({ added, updated, same }) => added + updated + same > 0)
    .map(({ table, added, updated, same }) => [table, `${added}`, `${updated}`, `${same}`])
  const fileRow = ['files', `${files.copy.length}`, '0', `${files.here}`]
  const table = [['table', 'added', 'updated', 'here already'], ...rows, fileRow]
  console.log(textTable(table, column => column > 0).join('\n'))
  for (const one of files.missing) console.log(`missing there: ${one.what}`)
  console.log(
    dryRun
      ? `Nothing was changed: this is what ${source} would bring into ${target}.`
      : `Merged ${source} into ${target}.`,
  )
}
