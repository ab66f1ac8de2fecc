import type { RequestHandler } from 'express'
import { z } from 'zod'
import { countRuns, runs as readRuns } from '../../src/store/queries/runs.ts'
import type { Store } from '../../src/store/store.ts'
import { sendJson } from '../json.ts'
import { HttpProblem, parsed } from '../problem.ts'
import { toRun } from '../run-row.ts'
import { type Runs, runsQuerySchema } from '../schemas.ts'

const cursorSchema = z.tuple([
  z.enum(['asc', 'desc']),
  z.string(),
  z.union([z.string(), z.number()]),
  z.string(),
])

/** `GET /runs`: a page of runs; the cursor is the key of the last one. */
export function runs(store: Store): RequestHandler {
  return async (request, response) => {
    const { sort, order, cursor, limit, ...filter } = parsed(runsQuerySchema, request.query)
    const after = cursor === undefined ? undefined : decode(cursor, sort, order)
    const page = await readRuns(store, filter, { sort, order, after, limit: limit + 1 })
    const rows = page.slice(0, limit)
    const last = rows.at(-1)
    sendJson(response, {
      total: await countRuns(store, filter),
      items: rows.map(toRun),
      nextCursor:
        page.length > limit && last ? encode([order, sort, last.sort_value, last.id]) : null,
    } satisfies Runs)
  }
}

function encode(key: z.infer<typeof cursorSchema>): string {
  return Buffer.from(JSON.stringify(key)).toString('base64url')
}

/** A cursor belongs to the order in which it was made; any other one is refused. */
function decode(cursor: string, sort: string, order: string): readonly [string | number, string] {
  const message = 'not a cursor of this order; start again without one'
  try {
    const [direction, column, value, id] = cursorSchema.parse(
      JSON.parse(Buffer.from(cursor, 'base64url').toString()),
    )
    if (direction === order && column === sort) return [value, id]
  } catch {
    // What cannot be read is no cursor either.
  }
  throw new HttpProblem(400, `invalid cursor: ${message}`, [{ field: 'cursor', message }])
}
