import { messageOf, UsageError } from '../../errors.ts'
import { databaseErrorCode } from '../../store/database-error.ts'
import type { Answer } from './format.ts'
import { notReading } from './statement.ts'

/** Runs SQL and gives its rows. */
export type Run = (sql: string) => Promise<Answer['rows']>

/**
 * The first rows of a statement. It runs as a subquery: only a query can be one, columns of the same
 * name are told apart, and the rows beyond the limit are never made. (`explain` can only stand
 * alone.)
 */
export async function ask(run: Run, statement: string, limit: number): Promise<Answer> {
  if (/^explain\b/iu.test(statement)) {
    const rows = (await run(statement)).slice(0, limit)
    return { rows, columns: Object.keys(rows[0] ?? {}) }
  }
  const rows = await run(`select * from (\n${statement}\n) limit ${limit}`)
  if (rows.length > 0) return { rows, columns: Object.keys(rows[0]!) }
  // The package names columns only with a row, so one row of nulls is asked for.
  const nulls = await run(`select none.* from (select 1) left join (\n${statement}\n) none on 0`)
  return { rows, columns: Object.keys(nulls[0]!) }
}

/**
 * What to say of an error that a statement met, in one line.
 *
 * @param hint what is added where SQLite did not understand the statement
 */
export function sqlMistake(error: unknown, hint = ''): unknown {
  if (databaseErrorCode(error) === undefined) return error
  const message = messageOf(error)
    .replace(/^SQLITE_\w+: /u, '')
    .replaceAll(/\s+/gu, ' ')
  const verb = /^near "(insert|update|delete|replace)"/iu.exec(message)?.[1]
  return verb === undefined ? new UsageError(`invalid SQL: ${message}${hint}`) : notReading(verb)
}
