import { setTimeout } from 'node:timers/promises'
import {
  CompiledQuery,
  createQueryId,
  type DatabaseConnection,
  type DatabaseIntrospector,
  type Dialect,
  type DialectAdapter,
  type Driver,
  IdentifierNode,
  type Kysely,
  type QueryCompiler,
  RawNode,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
  type TransactionSettings,
} from 'kysely'
import type sqlite3 from 'sqlite3'
import { messageOf } from '../errors.ts'
import { databaseError, databaseErrorCode } from './database-error.ts'
import { Mutex } from './mutex.ts'
import { Sqlite3Connection } from './sqlite3-connection.ts'
import { all, close, open } from './sqlite3-promises.ts'

/** How to open a database through the callback-based `sqlite3` package. */
export interface Sqlite3DialectConfig {
  readonly filename: string
  /** Opens an existing file for reading only; every write then fails. */
  readonly readonly?: boolean
  /** How long a statement waits for another connection's lock, in milliseconds; 5000 if absent. */
  readonly busyTimeout?: number
}

/**
 * Kysely dialect over the `sqlite3` package: one connection, one mutex.
 *
 * The SQL text is Kysely's own (compiler, introspector); only the driver differs, because Kysely's
 * SqliteDialect expects the synchronous API of `better-sqlite3`. Writing connections use WAL, so
 * that readers never wait; foreign keys are enforced. A raw query always counts as one that returns
 * rows, so it does not report how many it changed.
 */
export class Sqlite3Dialect implements Dialect {
  readonly #config: Sqlite3DialectConfig

  constructor(config: Sqlite3DialectConfig) {
    this.#config = Object.freeze({ ...config })
  }

  createDriver(): Driver {
    return new Sqlite3Driver(this.#config)
  }

  createQueryCompiler(): QueryCompiler {
    return new SqliteQueryCompiler()
  }

  createAdapter(): DialectAdapter {
    return new TransactionalSqliteAdapter()
  }

  createIntrospector(database: Kysely<unknown>): DatabaseIntrospector {
    return new SqliteIntrospector(database)
  }
}

/** Makes the migrator use one transaction: all migrations are applied or none. */
class TransactionalSqliteAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true
  }
}

class Sqlite3Driver implements Driver {
  readonly #config: Sqlite3DialectConfig
  readonly #mutex = new Mutex()
  #connection?: Sqlite3Connection

  constructor(config: Sqlite3DialectConfig) {
    this.#config = config
  }

  async init(): Promise<void> {
    const { filename, readonly = false } = this.#config
    try {
      const database = await open(filename, readonly)
      await configure(database, this.#config).catch(async error => {
        await close(database)
        throw error
      })
      this.#connection = new Sqlite3Connection(database, filename)
    } catch (error) {
      throw databaseError(error, filename)
    }
  }

  async acquireConnection(): Promise<DatabaseConnection> {
    await this.#mutex.lock()
    return this.#connection!
  }

  async releaseConnection(): Promise<void> {
    this.#mutex.unlock()
  }

  async beginTransaction(
    connection: DatabaseConnection,
    { accessMode }: TransactionSettings,
  ): Promise<void> {
    // `immediate` takes the write lock now, so that a transaction that reads and then writes waits
    // for it instead of failing half-way because somebody else wrote in between.
    const reads = this.#config.readonly || accessMode === 'read only'
    await connection.executeQuery(CompiledQuery.raw(reads ? 'begin' : 'begin immediate'))
  }

  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('commit'))
  }

  async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    try {
      await connection.executeQuery(CompiledQuery.raw('rollback'))
    } catch (error) {
      // On a full disk SQLite rolls back by itself; what matters then is why.
      if (!messageOf(error).includes('no transaction is active')) throw error
    }
  }

  async savepoint(
    connection: DatabaseConnection,
    name: string,
    compile: QueryCompiler['compileQuery'],
  ): Promise<void> {
    await connection.executeQuery(compile(command('savepoint', name), createQueryId()))
  }

  async rollbackToSavepoint(
    connection: DatabaseConnection,
    name: string,
    compile: QueryCompiler['compileQuery'],
  ): Promise<void> {
    await connection.executeQuery(compile(command('rollback to', name), createQueryId()))
  }

  async releaseSavepoint(
    connection: DatabaseConnection,
    name: string,
    compile: QueryCompiler['compileQuery'],
  ): Promise<void> {
    await connection.executeQuery(compile(command('release', name), createQueryId()))
  }

  async destroy(): Promise<void> {
    await this.#connection?.close()
  }
}

async function configure(
  database: sqlite3.Database,
  { readonly = false, busyTimeout = 5_000 }: Sqlite3DialectConfig,
): Promise<void> {
  await all(database, `pragma busy_timeout = ${busyTimeout}`)
  await all(database, 'pragma foreign_keys = on')
  if (readonly) {
    await all(database, 'pragma query_only = on')
  } else {
    await switchToWal(database, busyTimeout)
    await all(database, 'pragma synchronous = normal')
  }
}

/** SQLite does not wait for the lock when it changes the journal mode of a new file, so we do. */
async function switchToWal(database: sqlite3.Database, busyTimeout: number): Promise<void> {
  const deadline = Date.now() + busyTimeout
  for (;;) {
    try {
      await all(database, 'pragma journal_mode = wal')
      return
    } catch (error) {
      if (databaseErrorCode(error) !== 'SQLITE_BUSY' || Date.now() > deadline) throw error
      await setTimeout(10)
    }
  }
}

function command(verb: string, name: string): RawNode {
  return RawNode.createWithChildren([
    RawNode.createWithSql(`${verb} `),
    IdentifierNode.create(name),
  ])
}
