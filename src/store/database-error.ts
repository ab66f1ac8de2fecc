import { WorkError } from '../errors.ts'

/** What to say for each of SQLite's codes that is about the file and not about the statement. */
const explanations: Readonly<Record<string, (file: string) => string>> = Object.freeze({
  SQLITE_FULL: file => `cannot write ${file}: the disk is full; free some space and run again`,
  SQLITE_BUSY: file =>
    `cannot use ${file}: another process has held its lock for too long; run again when it is done`,
  SQLITE_READONLY: file => `cannot write ${file}: it is open for reading only or write-protected`,
  SQLITE_CORRUPT: file =>
    `invalid database: ${file} is damaged or cut short; move it away or put back a copy`,
  SQLITE_NOTADB: file =>
    `invalid database: ${file} is not an SQLite database; move it away or name another file`,
  SQLITE_CANTOPEN: file =>
    `cannot open ${file}: expected a file in a folder where you may read and write`,
  SQLITE_IOERR: file => `cannot read or write ${file}: input/output error on its disk`,
})

/**
 * The error to throw for one that `sqlite3` reported: a WorkError of one line that names the file
 * where the file is at fault, else the error itself (constraints, wrong SQL), whose `code` tells.
 */
export function databaseError(error: unknown, file: string): unknown {
  const explain = explanations[databaseErrorCode(error) ?? '']
  return explain === undefined ? error : new WorkError(explain(file), { cause: error })
}

/** SQLite's name for an error, e.g. `SQLITE_CONSTRAINT`; undefined for errors from elsewhere. */
export function databaseErrorCode(error: unknown): string | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return typeof code === 'string' && code.startsWith('SQLITE_') ? code : undefined
}
