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

/** Where a command's lines go. */
type Print = (line: string) => void

interface MergeOptions {
  readonly results: string
  readonly dryRun?: true
}

/**
 * Takes another results database in with its files, or says what it would take in.
 *
 * @param print gets every line of output
 * @throws WorkError where both hold other numbers under one identifier; nothing is changed then
 */
export async function mergeDatabases(
  other: string,
  options: MergeOptions,
  print: Print = console.log,
): Promise<void> {
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
      const outcome = await merge(
        store,
        files,
        source.results,
        ours,
        options.dryRun ?? false,
        print,
      )
      await detach(store)
      report({ outcome, files, source: source.database, target: ours.database }, options, print)
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
  print: Print,
): Promise<MergeOutcome> {
  const tried = await within(store, false, print)
  name([...tried.conflicts, ...files.conflicts], print)
  if (dryRun) return tried
  const written = await copyFiles(files.copy, from, to)
  try {
    return await within(store, true, print, transaction => requireIdle(transaction, to.database))
  } catch (error) {
    await removeFiles(written)
    throw error
  }
}

async function within(
  store: Store,
  keep: boolean,
  print: Print,
  first: (transaction: Store) => Promise<void> = async () => {},
): Promise<MergeOutcome> {
  let outcome: MergeOutcome | undefined
  try {
    await store.transaction().execute(async transaction => {
      await first(transaction)
      outcome = await mergeRows(transaction)
      if (!keep) throw new Undo()
      name(outcome.conflicts, print)
    })
  } catch (error) {
    if (!(error instanceof Undo)) throw error
  }
  return outcome!
}

/**
 * Prints every conflict, a line each.
 *
 * @throws WorkError if there is any
 */
function name(conflicts: readonly Conflict[], print: Print): void {
  if (conflicts.length === 0) return
  for (const { table, key, what } of conflicts) print(`conflict: ${table} ${key}: ${what}`)
  throw new WorkError(
    `cannot merge: ${conflicts.length === 1 ? 'one result is' : `${conflicts.length} results are`} ` +
      'not the same in both; nothing was changed',
  )
}

interface Report {
  readonly outcome: MergeOutcome
  readonly files: FilePlan
  readonly source: string
  readonly target: string
}

function report(
  { outcome, files, source, target }: Report,
  { dryRun }: MergeOptions,
  print: Print,
): void {
  const { merged } = outcome
  const rows = merged
    .filter(({ added, updated, same }) => added + updated + same > 0)
    .map(({ table, added, updated, same }) => [table, `${added}`, `${updated}`, `${same}`])
  const fileRow = ['files', `${files.copy.length}`, '0', `${files.here}`]
  const table = [['table', 'added', 'updated', 'here already'], ...rows, fileRow]
  for (const line of textTable(table, column => column > 0)) print(line)
  for (const one of files.missing) print(`missing there: ${one.what}`)
  print(
    dryRun
      ? `Nothing was changed: this is what ${source} would bring into ${target}.`
      : `Merged ${source} into ${target}.`,
  )
}
