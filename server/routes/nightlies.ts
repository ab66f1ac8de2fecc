import type { RequestHandler } from 'express'
import { z } from 'zod'
import { jobStates, nightlies as readNightlies } from '../../src/store/queries/nightlies.ts'
import { executedPlans } from '../../src/store/queries/nightly-history.ts'
import type { Store } from '../../src/store/store.ts'
import { sendJson } from '../json.ts'
import { toNightlyItem } from '../nightly-item.ts'
import { HttpProblem, parsed } from '../problem.ts'
import { type Nightlies, nightliesQuerySchema } from '../schemas/nightly.ts'

const cursorSchema = z.tuple([z.string(), z.string()])

/** `GET /nightlies`: executions of plans, the latest first; the cursor is the key of the last one. */
export function nightlies(store: Store): RequestHandler {
  return async (request, response) => {
    const { plan, cursor, limit } = parsed(nightliesQuerySchema, request.query)
    const after = cursor === undefined ? undefined : decode(cursor)
    const page = await readNightlies(store, { plan, after, limit: limit + 1 })
    const rows = page.slice(0, limit)
    const states = await jobStates(
      store,
      rows.map(row => row.id),
    )
    const last = rows.at(-1)
    sendJson(response, {
      plans: await executedPlans(store),
      items: rows.map(row => toNightlyItem(row, states)),
      nextCursor: page.length > limit && last ? encode([last.started_at, last.id]) : null,
    } satisfies Nightlies)
  }
}

function encode(key: z.infer<typeof cursorSchema>): string {
  return Buffer.from(JSON.stringify(key)).toString('base64url')
}

function decode(cursor: string): z.infer<typeof cursorSchema> {
  try {
    return cursorSchema.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()))
  } catch {
    const message = 'not a cursor of nightlies; start again without one'
    throw new HttpProblem(400, `invalid cursor: ${message}`, [{ field: 'cursor', message }])
  }
}
