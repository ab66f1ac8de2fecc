import type { RequestHandler } from 'express'
import { z } from 'zod'
import { countModels } from '../../src/store/queries/counts.ts'
import type { Store } from '../../src/store/store.ts'
import { sendJson } from '../json.ts'
import { parsed } from '../problem.ts'
import type { Health } from '../schemas/summary.ts'

/** `GET /health`: the server answers and the database can be read. */
export function health(store: Store): RequestHandler {
  return async (request, response) => {
    parsed(z.strictObject({}), request.query)
    sendJson(response, { status: 'ok', models: await countModels(store) } satisfies Health)
  }
}
