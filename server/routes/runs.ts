import type { RequestHandler } from 'express'
import { countRuns, runs as readRuns } from '../../src/store/queries/runs.ts'
import type { Store } from '../../src/store/store.ts'
import { decodeCursor, encodeCursor } from '../cursor.ts'
import { sendJson } from '../json.ts'
import { parsed } from '../problem.ts'
import { toRun } from '../run-row.ts'
import { type Runs, runsQuerySchema } from '../schemas/runs.ts'

/** `GET /runs`: a page of runs; the cursor is the key of the last one. */
export function runs(store: Store): RequestHandler {
  return async (request, response) => {
    const { sort, order, cursor, limit, ...filter } = parsed(runsQuerySchema, request.query)
    const after = cursor === undefined ? undefined : decodeCursor(cursor, order, sort)
    const page = await readRuns(store, filter, { sort, order, after, limit: limit + 1 })
    const rows = page.slice(0, limit)
    const last = rows.at(-1)
    sendJson(response, {
      total: await countRuns(store, filter),
      items: rows.map(toRun),
      nextCursor:
        page.length > limit && last ? encodeCursor(order, sort, [last.sort_value, last.id]) : null,
    } satisfies Runs)
  }
}
