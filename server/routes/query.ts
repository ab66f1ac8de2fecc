import type { RequestHandler } from 'express'
import { sqlMistake } from '../../src/commands/query/ask.ts'
import {
  type BoundedAnswer,
  boundedQuery,
  StoppedError,
} from '../../src/commands/query/bounded-query.ts'
import type { Cell } from '../../src/commands/query/format.ts'
import { readingStatement } from '../../src/commands/query/statement.ts'
import { UsageError } from '../../src/errors.ts'
import { databaseFileOf } from '../../src/store/database-file.ts'
import type { Store } from '../../src/store/store.ts'
import { heavyGate } from '../gate.ts'
import { sendJson } from '../json.ts'
import { HttpProblem, parsed } from '../problem.ts'
import { type SqlAnswer, type SqlCell, sqlQuerySchema } from '../schemas/query.ts'
import { queryBounds } from '../schemas/query-bounds.ts'

/** `GET /query`: the answer to one select statement, within bounds of time, rows and size. */
export function query(store: Store): RequestHandler {
  const gate = heavyGate(store)
  return async (request, response) => {
    const { sql, limit } = parsed(sqlQuerySchema, request.query)
    const statement = checked(sql)
    const gone = new AbortController()
    response.on('close', () => gone.abort())
    const filename = await databaseFileOf(store)
    const { bytes, milliseconds } = queryBounds
    const answer = await gate(() => {
      const start = performance.now()
      const bounds = { rows: limit, bytes, milliseconds }
      return boundedQuery(filename, statement, bounds, gone.signal).finally(() => {
        const taken = (performance.now() - start).toFixed(1)
        if (!response.headersSent) response.setHeader('Server-Timing', `sql;dur=${taken}`)
      })
    }, gone.signal).catch(error => {
      throw explain(error)
    })
    const limits = { rows: limit, bytes, seconds: milliseconds / 1000 }
    sendJson(response, { ...toJson(answer), limits } satisfies SqlAnswer)
  }
}

/** The one statement in a text. The list of databases would tell where their files lie. */
function checked(text: string): string {
  try {
    const statement = readingStatement(text)
    if (!/\bpragma_database_list\b/iu.test(statement)) return statement
  } catch (error) {
    throw explain(error)
  }
  throw mistake('invalid SQL: pragma_database_list cannot be read here')
}

function explain(error: unknown): unknown {
  if (error instanceof StoppedError) {
    const seconds = queryBounds.milliseconds / 1000
    return new HttpProblem(422, `the query took longer than ${seconds} seconds and was stopped`)
  }
  const cause = sqlMistake(error)
  return cause instanceof UsageError ? mistake(cause.message) : cause
}

function mistake(message: string): HttpProblem {
  return new HttpProblem(400, message, [{ field: 'sql', message }])
}

function toJson({
  columns,
  rows,
  cut,
}: BoundedAnswer): Pick<SqlAnswer, 'columns' | 'rows' | 'cut'> {
  return {
    columns: [...columns],
    rows: rows.map(row => columns.map(one => toCell(row[one]!))),
    cut,
  }
}

function toCell(cell: Cell): SqlCell {
  if (cell instanceof Uint8Array) return Buffer.from(cell).toString('hex')
  return typeof cell === 'number' && !Number.isFinite(cell) ? String(cell) : cell
}
