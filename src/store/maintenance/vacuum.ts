import { type Kysely, sql } from 'kysely'
import { databaseError, databaseErrorCode } from '../database-error.ts'
import type { Schema } from '../schema.ts'

/**
 * Writes the database anew without its free pages, and empties the log of changes into it. SQLite
 * does so in a copy that takes the place of the old pages in one step: after an error, of a full disk
 * too, the database is as it was.
 */
export async function vacuum(store: Kysely<Schema>): Promise<void> {
  await sql`vacuum`.execute(store)
  await sql`pragma wal_checkpoint(truncate)`.execute(store)
}

/**
 * A consistent copy of a database in one file, which must not be there yet; others may go on writing.
 *
 * @param store may be open for reading only
 */
export async function snapshot(store: Kysely<Schema>, file: string): Promise<void> {
  // It forbids new files, too; a file that is opened for reading only cannot be written anyway.
  await sql`pragma query_only = off`.execute(store)
  try {
    await sql`vacuum into ${file}`.execute(store)
  } catch (error) {
    // It is the copy that finds no room, not the database that the error names.
    const cause = error instanceof Error ? error.cause : undefined
    throw databaseErrorCode(cause) === 'SQLITE_FULL' ? databaseError(cause, file) : error
  }
}
