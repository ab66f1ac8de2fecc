import sqlite3 from 'sqlite3'
import { databaseError } from '../../store/database-error.ts'
import { all, close, finalize, open, prepare, step } from '../../store/sqlite3-promises.ts'
import { ask } from './ask.ts'
import type { Answer } from './format.ts'

/** How much a query may take and give. */
export interface Bounds {
  /** More rows are left out. */
  readonly rows: number
  /** Rows beyond these characters of text and eight bytes a number are left out. */
  readonly bytes: number
  /** A query that takes longer is stopped. */
  readonly milliseconds: number
}

/** The answer to a query within its bounds. */
export interface BoundedAnswer extends Answer {
  /** Which bound left out rows; null for the whole answer. */
  readonly cut: 'rows' | 'size' | null
}

/** A query took longer than it may, or whoever asked went away. */
export class StoppedError extends Error {
  override readonly name = 'StoppedError'
}

/** Longest text that a query may make, in bytes: a function within one is not stopped half-way. */
const longestText = 250_000

const limits: readonly (readonly [id: number, value: number])[] = [
  [sqlite3.LIMIT_LENGTH, longestText],
  [sqlite3.LIMIT_ATTACHED, 0],
  [sqlite3.LIMIT_COLUMN, 256],
  [sqlite3.LIMIT_LIKE_PATTERN_LENGTH, 500],
]

/**
 * Runs one reading statement on a connection of its own, so that a slow one holds up nobody else and
 * can be stopped.
 *
 * @param statement as `readingStatement` gives it
 * @throws StoppedError if it is out of time, or `signal` says so
 * @throws SQLite's own error if the statement is wrong
 */
export async function boundedQuery(
  filename: string,
  statement: string,
  bounds: Bounds,
  signal?: AbortSignal,
): Promise<BoundedAnswer> {
  const database = await open(filename, true).catch(error => {
    throw databaseError(error, filename)
  })
  // SQLite forgets an interruption that comes just before a statement starts, hence again and again.
  let interrupting: NodeJS.Timeout | undefined
  const stop = () => {
    interrupting ??= setInterval(() => database.interrupt(), 20)
  }
  const timer = setTimeout(stop, bounds.milliseconds)
  signal?.addEventListener('abort', stop)
  let full = false
  const run = async (sql: string) => {
    const taken = await take(database, sql, bounds.bytes, () => interrupting !== undefined)
    full ||= taken.full
    return taken.rows
  }
  try {
    if (signal?.aborted) throw new StoppedError('nobody waits for the answer')
    await all(database, 'pragma query_only = on')
    for (const [id, value] of limits) database.configure('limit', id, value)
    const { columns, rows } = await ask(run, statement, bounds.rows + 1)
    const cut = rows.length > bounds.rows ? 'rows' : full ? 'size' : null
    return { columns, rows: rows.slice(0, bounds.rows), cut }
  } catch (error) {
    throw interrupting ? new StoppedError('the query was stopped') : databaseError(error, filename)
  } finally {
    clearTimeout(timer)
    clearInterval(interrupting)
    signal?.removeEventListener('abort', stop)
    await close(database)
  }
}

/** Rows until their size is enough; one at a time, so that none is made that is not needed. */
async function take(
  database: sqlite3.Database,
  sql: string,
  bytes: number,
  stopped: () => boolean,
): Promise<{ readonly rows: Answer['rows']; readonly full: boolean }> {
  const statement = await prepare(database, sql, [])
  try {
    const rows: Answer['rows'][0][] = []
    let size = 0
    for (;;) {
      if (stopped()) throw new StoppedError('the query was stopped')
      const row = await step<Answer['rows'][0]>(statement)
      if (row === undefined) return { rows, full: false }
      size += sizeOf(row)
      if (size > bytes && rows.length > 0) return { rows, full: true }
      rows.push(row)
    }
  } finally {
    await finalize(statement)
  }
}

function sizeOf(row: Answer['rows'][0]): number {
  return Object.values(row).reduce<number>((size, cell) => {
    return size + (typeof cell === 'string' || cell instanceof Uint8Array ? cell.length : 8)
  }, 0)
}
