import type { RequestHandler } from 'express'
import type { Store } from '../../src/store/store.ts'
import { sendJson } from '../json.ts'
import { parsed } from '../problem.ts'
import { robustnessOf } from '../robustness/robustness-of.ts'
import { robustnessQuerySchema } from '../schemas/robustness.ts'

/** `GET /robustness`: accuracy against epsilon of matched models, and their paired differences. */
export function robustness(store: Store): RequestHandler {
  return async (request, response) => {
    const query = parsed(robustnessQuerySchema, request.query)
    sendJson(response, await robustnessOf(store, query))
  }
}
