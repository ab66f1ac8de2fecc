import type { RequestHandler } from 'express'
import { probesOf } from '../../src/store/queries/probes.ts'
import type { Store } from '../../src/store/store.ts'
import { sendJson } from '../json.ts'
import { toProbe } from '../probe.ts'
import { parsed } from '../problem.ts'
import { type Sweep, sweepQuerySchema } from '../schemas/gradients.ts'

/** `GET /gradients/sweep`: every probe on a data set, to be drawn against what varies. */
export function sweep(store: Store): RequestHandler {
  return async (request, response) => {
    const { dataset } = parsed(sweepQuerySchema, request.query)
    const rows = await probesOf(store, dataset)
    sendJson(response, { probes: rows.map(toProbe) } satisfies Sweep)
  }
}
