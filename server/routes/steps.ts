import type { RequestHandler } from 'express'
import type { Store } from '../../src/store/store.ts'
import { sendJson } from '../json.ts'
import { parsed } from '../problem.ts'
import { type Steps, stepsQuerySchema } from '../schemas.ts'
import { stepGroups } from '../steps/groups.ts'
import { stepGradients } from '../steps/step-gradients.ts'

/** `GET /gradients/steps`: how gradients shrink or grow through the steps of recurrent networks. */
export function steps(store: Store): RequestHandler {
  return async (request, response) => {
    const { dataset } = parsed(stepsQuerySchema, request.query)
    const rows = await stepGradients(store, dataset)
    sendJson(response, { groups: stepGroups(rows) } satisfies Steps)
  }
}
