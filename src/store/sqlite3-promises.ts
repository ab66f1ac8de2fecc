import sqlite3 from 'sqlite3'

/** The callback functions of the `sqlite3` package as promises; nothing else is added. */

/** Opens a file; `readonly` never creates it. */
export function open(filename: string, readonly: boolean): Promise<sqlite3.Database> {
  const access = readonly ? sqlite3.OPEN_READONLY : sqlite3.OPEN_READWRITE | sqlite3.OPEN_CREATE
  return new Promise((resolve, reject) => {
    const database = new sqlite3.Database(filename, access | sqlite3.OPEN_FULLMUTEX, error =>
      error ? reject(error) : resolve(database),
    )
  })
}

/** Closes a database; fails while a statement is open. */
export function close(database: sqlite3.Database): Promise<void> {
  return new Promise((resolve, reject) => {
    database.close(error => (error ? reject(error) : resolve()))
  })
}

/** All rows of a statement. */
export function all<Row>(
  database: sqlite3.Database,
  sql: string,
  values: readonly unknown[] = [],
): Promise<Row[]> {
  return new Promise((resolve, reject) => {
    database.all<Row>(sql, values, (error, rows) => (error ? reject(error) : resolve(rows)))
  })
}

/** How many rows a statement changed, and the last row id it inserted. */
export function run(
  database: sqlite3.Database,
  sql: string,
  values: readonly unknown[] = [],
): Promise<{ readonly changes: number; readonly lastID: number }> {
  return new Promise((resolve, reject) => {
    database.run(sql, values, function (error) {
      if (error) reject(error)
      else resolve({ changes: this.changes, lastID: this.lastID })
    })
  })
}

/** A statement ready to be stepped. */
export function prepare(
  database: sqlite3.Database,
  sql: string,
  values: readonly unknown[],
): Promise<sqlite3.Statement> {
  return new Promise((resolve, reject) => {
    const statement = database.prepare(sql, values, (error: Error | null) =>
      error ? reject(error) : resolve(statement),
    )
  })
}

/** The statement's next row, or undefined after the last. */
export function step<Row>(statement: sqlite3.Statement): Promise<Row | undefined> {
  return new Promise((resolve, reject) => {
    statement.get<Row>((error, row) => (error ? reject(error) : resolve(row)))
  })
}

/** Ends a statement and lets go of its locks. */
export function finalize(statement: sqlite3.Statement): Promise<void> {
  return new Promise(resolve => {
    statement.finalize(() => resolve())
  })
}
