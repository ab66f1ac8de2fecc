import { statSync } from 'node:fs'
import path from 'node:path'
import sqlite3 from 'sqlite3'
import { messageOf } from '../../errors.ts'

/** What is known of the results database without knowing its schema. */
export interface DatabaseState {
  readonly path: string
  /** Its size; undefined where there is no database yet. */
  readonly bytes?: number
  /** `ok`, or the first complaint of SQLite's quick_check. */
  readonly check?: string
}

/** Looks at `<folder>/gauntlet.db` through a read-only connection; never makes it. */
export async function databaseState(folder: string): Promise<DatabaseState> {
  const file = path.resolve(folder, 'gauntlet.db')
  const bytes = statSync(file, { throwIfNoEntry: false })?.size
  if (bytes === undefined) return { path: file }
  try {
    return { path: file, bytes, check: await quickCheck(file) }
  } catch (error) {
    return { path: file, bytes, check: messageOf(error) }
  }
}

function quickCheck(file: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const database = new sqlite3.Database(file, sqlite3.OPEN_READONLY, opened => {
      if (opened) return reject(opened)
      database.get<{ quick_check: string }>('pragma quick_check(1)', (failed, row) => {
        database.close()
        if (failed) reject(failed)
        else resolve(row?.quick_check ?? 'no answer')
      })
    })
  })
}
