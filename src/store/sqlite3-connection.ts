import type { CompiledQuery, DatabaseConnection, QueryResult, RootOperationNode } from 'kysely'
import type sqlite3 from 'sqlite3'
import { databaseError } from './database-error.ts'
import { all, close, finalize, prepare, run, step } from './sqlite3-promises.ts'
import { toSqlite } from './sqlite3-values.ts'

/** One open database file, as Kysely sees it; errors about the file name it. */
export class Sqlite3Connection implements DatabaseConnection {
  readonly #database: sqlite3.Database
  readonly #filename: string

  constructor(database: sqlite3.Database, filename: string) {
    this.#database = database
    this.#filename = filename
  }

  async executeQuery<Row>(compiled: CompiledQuery): Promise<QueryResult<Row>> {
    const values = compiled.parameters.map(toSqlite)
    return this.#explained(async () => {
      if (returnsRows(compiled.query)) {
        return { rows: await all<Row>(this.#database, compiled.sql, values) }
      }
      const { changes, lastID } = await run(this.#database, compiled.sql, values)
      return { rows: [], numAffectedRows: BigInt(changes), insertId: BigInt(lastID) }
    })
  }

  /** Steps one cursor, so a slow consumer holds back the query instead of filling memory. */
  async *streamQuery<Row>(
    compiled: CompiledQuery,
    chunkSize = 100,
  ): AsyncIterableIterator<QueryResult<Row>> {
    if (!returnsRows(compiled.query)) {
      throw new TypeError(`invalid stream: ${compiled.query.kind} returns no rows`)
    }
    const values = compiled.parameters.map(toSqlite)
    const statement = await this.#explained(() => prepare(this.#database, compiled.sql, values))
    try {
      for (;;) {
        const rows = await this.#explained(() => take<Row>(statement, chunkSize))
        if (rows.length > 0) yield { rows }
        if (rows.length < chunkSize) return
      }
    } finally {
      // Also after an early break: an open cursor would keep its lock.
      await finalize(statement)
    }
  }

  close(): Promise<void> {
    return this.#explained(() => close(this.#database))
  }

  async #explained<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      return await work()
    } catch (error) {
      throw databaseError(error, this.#filename)
    }
  }
}

async function take<Row>(statement: sqlite3.Statement, count: number): Promise<Row[]> {
  const rows: Row[] = []
  while (rows.length < count) {
    const row = await step<Row>(statement)
    if (row === undefined) break
    rows.push(row)
  }
  return rows
}

/** The package cannot say whether a statement returns rows, so the query's syntax tree is asked. */
function returnsRows(query: RootOperationNode): boolean {
  switch (query.kind) {
    case 'SelectQueryNode':
    case 'RawNode':
      return true
    case 'InsertQueryNode':
    case 'UpdateQueryNode':
    case 'DeleteQueryNode':
      return query.returning !== undefined
    default:
      return false
  }
}
